// Two processes of Morocco's node on one PostgreSQL: one works, the other stands by. The first is killed, the second
// stopped: each time the other takes the store within seconds, everything acknowledged is there once, and who was stopped
// writes nothing when it wakes, and ends. usage: standby.mjs BUILD
import WebSocket from "ws";
import { until } from "../two_nodes.mjs";
import { must, Pair, same } from "./pair.mjs";

const silent_s = 3;  // takeOverSeconds
const pair = await Pair.make(process.argv[2], silent_s);
const { nodes, port } = pair;
const said = (name) => pair.said(name);
const isReady = (name, ms) => pair.isReady(name, ms);

/** A child who keeps its token, and goes where the helpline is. */
class Child {
  acked = [];
  connect(name) {
    this.socket?.terminate();
    const socket = this.socket = new WebSocket(`ws://127.0.0.1:${port[name]}/chat`, { origin: `http://127.0.0.1:${port[name]}` });
    return new Promise((welcome, fail) => {
      socket.on("error", fail);
      socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1, ...(this.token && { token: this.token }) })));
      socket.on("message", (bytes) => {
        const frame = JSON.parse(bytes);
        if (frame.t === "welcome") { this.token = frame.token; welcome(); }
        if (frame.t === "ack") this.acked.push(frame.cid);
        if (frame.t === "later") setTimeout(() => this.send(frame.cid), frame.ms);
      });
    });
  }
  send(cid) { this.socket.send(JSON.stringify({ t: "msg", cid, text: cid, lang: "en" })); }
  async say(cid) {
    this.send(cid);
    await until(`the tick of ${cid}`, 20_000, () => this.acked.includes(cid));
  }
}
/** What the node that is ready has of the child's messages. */
async function kept(name) {
  const [contact] = await nodes.ask(name, "contact", "list");
  return (await nodes.ask(name, "contact", "show", contact.id)).messages.map(({ text }) => text);
}

try {
  await nodes.start("tn");
  await nodes.start("ma");
  must(said("ma") === "ready\n", "the first does not wait");
  await pair.standBy("second");

  const child = new Child();
  await child.connect("ma");
  await child.say("first-message-01");
  // Who stands by and sees the other alive waits: it has looked more than once, each time for longer than it would wait for
  // one that is silent.
  const seen = new Set();
  await until("three looks at the store", 60_000, async () => {
    for (const pid of await pair.cluster.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'sanad-store:sanad'")) seen.add(pid);
    return seen.size > 3;  // the session of who works, two looks that are over, and one that goes on
  });
  must(said("second") === "standing by\n" && nodes.running.get("ma").exitCode === null, "nobody took over from who works");
  const killed = Date.now();
  await nodes.stop("ma", "SIGKILL");
  await isReady("second", 20_000);
  const after_kill_ms = Date.now() - killed;
  same(await kept("second"), ["first-message-01"], "the messages in second");
  await child.connect("second");
  await child.say("second-message-2");

  await pair.standBy("ma");
  // Stopped, with a message on its way: it is not dead, it is only silent.
  nodes.running.get("second").kill("SIGSTOP");
  const stopped = Date.now();
  child.send("under-way-0003-x");
  await isReady("ma", 40_000);
  const after_stop_ms = Date.now() - stopped;
  // It counts from the last sign of life, which may be a second before the stop.
  must(after_stop_ms >= (silent_s - 2) * 1000, `it waited for a sign of life first: ${after_stop_ms} ms`);
  same(await kept("ma"), ["first-message-01", "second-message-2"], "the messages in ma");
  const other = new Child();
  other.token = child.token;
  await other.connect("ma");
  await other.say("third-message-04");

  // It wakes in the belief that it is the node.
  const second = nodes.running.get("second");
  nodes.running.delete("second");
  second.kill("SIGCONT");
  must(await second.ended === 74, `it ends: ${second.exitCode}`);
  must(!child.acked.includes("under-way-0003-x"), "it acknowledged nothing");
  same(await kept("ma"), ["first-message-01", "second-message-2", "third-message-04"], "the messages in ma");
  must((await nodes.ask("ma", "status")).healthy, "who took over is healthy");
  await nodes.ask("ma", "audit", "verify");
  // The logs between the countries are whole: both speak, and nothing is frozen.
  await until("all receipts", 30_000, async () => {
    const [link] = await nodes.ask("ma", "link", "list");
    return link.frozen === "" && link.lanes.every(({ sent, receipted }) => sent === receipted);
  });
  // An orderly end hands over as well.
  await pair.standBy("second");
  await nodes.stop("ma");
  await isReady("second", 20_000);
  same(await kept("second"), ["first-message-01", "second-message-2", "third-message-04"], "the messages in second");
  console.log(JSON.stringify({ ready_ms_after_kill: after_kill_ms, ready_ms_after_stop: after_stop_ms, take_over_s: silent_s }));
} finally {
  await pair.end();
}
