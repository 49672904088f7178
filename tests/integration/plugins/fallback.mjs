// The chat page is an isolated plugin: what happens to the people on it when its process ends, again and again.
import WebSocket from "ws";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import test from "node:test";
import { TwoNodes, until } from "../two_nodes.mjs";
import { pluginProcesses } from "./processes.mjs";

const [build] = process.argv.slice(2);

/** A child's page that counts what was acknowledged. */
class Page {
  constructor(port) {
    this.acknowledged = 0;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    this.socket.on("open", () => this.say({ t: "hello", after: 0, press: 1 }));
    this.socket.on("message", (bytes) => this.take(JSON.parse(bytes)));
    this.socket.on("error", () => {});
  }
  say(frame) { this.socket.send(JSON.stringify(frame)); }
  take(frame) {
    if (frame.t === "welcome") this.ready = true;
    if (frame.t === "ack") this.acknowledged += 1;
  }
  async write(text) {
    await until("the page is ready", 20_000, () => this.ready);
    const before = this.acknowledged;
    this.say({ t: "msg", cid: randomBytes(16).toString("base64url"), text });
    await until("an acknowledgement", 20_000, () => this.acknowledged > before);
  }
}

test("when the chat page's process ends, nobody is turned away, and at last people read whom to call", async (context) => {
  const nodes = await TwoNodes.make(build);
  context.after(() => nodes.end());
  await nodes.start("ma");
  const port = nodes.chatPort.ma;
  const page = () => fetch(`http://127.0.0.1:${port}/`, { headers: { Connection: "close" } });
  const node = () => nodes.running.get("ma").pid;
  const chat = async () => (await nodes.ask("ma", "plugin", "info", "chat"))[0];
  const crash = async () => {
    const [number] = await until("its process", 20_000, async () => {
      const found = await pluginProcesses("chat", node());
      return (await chat()).state === "running" && found.length === 1 && found;
    });
    process.kill(number, "SIGKILL");
    await until("its end", 20_000, async () => !(await pluginProcesses("chat", node())).includes(number));
  };

  await context.test("the page is served from a process of its own", async () => {
    assert.equal((await page()).status, 200);
    assert.equal((await chat()).run, "isolated");
    assert.equal((await pluginProcesses("chat", node())).length, 1);
  });

  await context.test("what was acknowledged is there after a crash, and who comes meanwhile waits", async () => {
    const child = new Page(port);
    await child.write("Is somebody there?");
    await crash();
    assert.equal((await page()).status, 200);  // it may have come while there was no process
    assert.equal((await nodes.ask("ma", "contact", "list")).length, 1);
    const again = new Page(port);
    await again.write("I am back");
    assert.equal((await nodes.ask("ma", "contact", "list")).length, 2);
  });

  await context.test("after five crashes people read the country's numbers, and duty is told", async () => {
    for (let crashes = 1; crashes < 5; ++crashes) await crash();
    await until("the quarantine", 20_000, async () => (await chat()).state === "quarantined");
    const answer = await page();
    assert.equal(answer.status, 503);
    const text = await answer.text();
    for (const word of ["Nobody can answer here at the moment.", "Personne ne peut répondre", "لا يمكن لأحد", 'dir="rtl"'])
      assert.ok(text.includes(word), word);
    const [event] = (await nodes.ask("ma", "feed")).filter((one) => one.name === "plugin.quarantined");
    assert.equal(event.peer, "chat");
    assert.ok(event.who.includes("amina"));  // every supervisor, as nobody is named
  });

  await context.test("who does not speak HTTP is hung up on, and reads no page", async () => {
    const socket = connect(port, "127.0.0.1");
    let said = "";
    socket.on("data", (bytes) => { said += bytes; });
    const closed = new Promise((done) => socket.once("close", done));
    socket.write("hello sms-gateway\n");
    await closed;
    assert.equal(said, "");
  });

  await context.test("a person lets it run again, and the page is back", async () => {
    await nodes.ask("ma", "plugin", "resume", "chat");
    await until("the page", 20_000, async () => (await page()).status === 200);
    assert.equal((await chat()).state, "running");
  });

  await context.test("in safe mode no plugin runs, people read the same, and the door is open", async () => {
    await nodes.stop("ma");
    await nodes.start("ma", {}, ["--safe-mode"]);
    assert.equal((await page()).status, 503);
    assert.equal((await chat()).state, "disabled");
    assert.equal((await pluginProcesses("chat", node())).length, 0);
    assert.equal((await nodes.ask("ma", "contact", "list")).length, 2);
  });
});
