// The chat page and the partner's webhook change their version every second, while children and a counsellor write and
// escalations go out: nothing is lost, nothing comes twice, and every conversation keeps its order.
// usage: upgrade.mjs BUILD [SWITCHES]
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { freePort, TwoNodes, until } from "../two_nodes.mjs";
import { Page } from "./page.mjs";
import { pluginProcesses } from "./processes.mjs";
import { otherVersion } from "./versions.mjs";

const [build, switches = "20"] = process.argv.slice(2);
const children = 12;
const pause = (ms) => new Promise((next) => setTimeout(next, ms));

/** An organisation's server that counts what it gets. One answer takes so long that a version ends meanwhile. */
async function organisation() {
  const got = new Map();
  const server = createServer((request, response) => {
    request.resume().on("end", async () => {
      const id = request.headers["webhook-id"];
      got.set(id, (got.get(id) ?? 0) + 1);
      await pause(got.size === 3 ? 4000 : 20);  // the load of this test, not a condition
      response.writeHead(204).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { got, port: server.address().port, close: () => { server.closeAllConnections(); server.close(); } };
}

const partner = (port, door) => `
[[plugin]]
instance = "legal"
plugin = "webhook"
[plugin.config]
partner = "Legal aid"
endpoint = "http://127.0.0.1:${port}/sanad"
signingKeyFile = "{data}/legal/helpline.key"
listenPort = ${door}

[[partner]]
id = "legal"
plugin = "legal"
name = { en = "Legal aid", fr = "Aide juridique", ar = "مساعدة قانونية" }
`;

const ngo = await organisation();
const door = await freePort();
const nodes = await TwoNodes.make(build, (country, toml) => country !== "ma" ? toml : toml
  .replace("[plugin.config]\n", "[plugin.config]\nbehindProxy = true\nconversationsPerHour = 0\n") + partner(ngo.port, door));
const pages = [];
try {
  await promisify(execFile)(process.execPath, [new URL("../webhook/keys.mjs", import.meta.url).pathname, nodes.file("keys")]);
  await rename(nodes.file("keys"), path.join(nodes.data("ma"), "legal"));
  await nodes.start("ma");
  const ask = (...args) => nodes.ask("ma", ...args);
  for (const [plugin, folder] of [["webchat", "channels"], ["webhook", "partners"]]) {
    const next = await otherVersion(`${build}/plugins/${folder}/${plugin}/${plugin}.so`, nodes.file(`${plugin}.so`), [["0.1.0", "0.1.1"]]);
    const installed = await ask("plugin", "install", next);
    assert.deepEqual([installed.former, installed.version, installed.withheld], ["0.1.0", "0.1.1", []]);
  }

  const written = [], replies = [];
  for (let n = 0; n < children; ++n) {
    const page = new Page(nodes.chatPort.ma);
    pages.push(page);
    page.write("0");
    written.push(1);
    const contact = await until("a child's first message", 20_000, async () =>
      (await ask("contact", "list")).find((one) => !replies.some((other) => other.contact === one.id)));
    await ask("contact", "open", contact.id);
    replies.push({ contact: contact.id, told: 0 });
  }
  const file = await ask("case", "open", replies[0].contact, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
  await ask("consent", "record", file.id, "--by", "child", "--item", "narrative", "--recipient", "legal", "--words", "yes", "--language", "en");

  // The load: each child writes every second (the page allows five in ten seconds, anew after each switch), the
  // counsellor answers as fast as the command line does, and an escalation goes out whenever the one before is on disk.
  let stop = false, escalations = 0;
  let turn = 0;
  const writing = setInterval(() => {
    const n = turn++ % children;
    if (pages[n].waiting.length < 3) pages[n].write(String(written[n]++));
  }, 1000 / children);
  const load = [(async () => {
    for (let n = 0; !stop; n = (n + 1) % children)
      await ask("contact", "reply", replies[n].contact, `reply ${replies[n].told++}`);
  })(), (async () => {
    for (; !stop; ++escalations) {
      await ask("escalate", file.id, "--partner", "legal", "--redacted", "--summary", `an invented story, ${escalations}`);
      await pause(300);
    }
  })()];
  load.forEach((one) => one.catch(() => { stop = true; }));

  const gaps = { chat: [], legal: [] };
  const change = async (instance, first) => {
    await ask("plugin", first ? "reload" : "rollback", instance);
    const { transitions, version } = (await ask("plugin", "info", instance))[0];
    const last = transitions.findLast((one) => one.reason === "upgrade");
    assert.ok(last.how.includes(`to ${version}, `), last.how);
    gaps[instance].push(Number(/(\d+) ms$/.exec(last.how)[1]));
  };
  for (let n = 0; n < Number(switches) && !stop; ++n) {
    const next = Date.now() + 1000;
    await Promise.all([change("chat", n === 0), change("legal", n === 0)]);
    await pause(Math.max(0, next - Date.now()));
  }
  clearInterval(writing);
  stop = true;
  await Promise.all(load);

  await until("every tick", 60_000, () => pages.every((page) => page.waiting.length === 0));
  await until("every reply on its page", 60_000, () => pages.every((page, n) => page.shown.size === written[n] + replies[n].told));
  await until("every escalation sent", 60_000, async () => (await ask("plugin", "info", "legal"))[0].waiting === 0);

  for (let n = 0; n < children; ++n) {
    const { messages } = await ask("contact", "show", replies[n].contact);
    const numbers = (count, text) => Array.from({ length: count }, (_, at) => text(at));
    const texts = messages.map((message) => message.text);
    assert.deepEqual(pages[n].texts, texts);  // what the child sees is what the helpline has
    assert.deepEqual(texts.filter((text) => text.startsWith("reply")), numbers(replies[n].told, (at) => `reply ${at}`));
    assert.deepEqual(texts.filter((text) => !text.startsWith("reply")), numbers(written[n], String));
  }
  assert.equal(ngo.got.size, escalations);
  assert.deepEqual([...ngo.got.values()].filter((count) => count !== 1), [], "an escalation came twice");
  for (const instance of ["chat", "legal"]) {
    const [info] = await ask("plugin", "info", instance);
    assert.equal(info.crashes, 0);
    assert.deepEqual(info.deadLetters ?? [], []);
    assert.equal((await pluginProcesses(instance, nodes.running.get("ma").pid)).length, 1);
  }
  const figures = (list) => { const sorted = [...list].sort((a, b) => a - b); return { median: sorted[sorted.length >> 1], p95: sorted[Math.floor(sorted.length * 0.95)], most: sorted.at(-1) }; };
  console.log(JSON.stringify({ switches: gaps.chat.length, children_wrote: written.reduce((a, b) => a + b, 0),
    replies: replies.reduce((sum, one) => sum + one.told, 0), escalations, reconnects: pages.reduce((sum, page) => sum + page.reconnects, 0),
    tick_ms: figures(pages.flatMap((page) => page.ticks)),
    gap_ms: { chat: figures(gaps.chat), legal: figures(gaps.legal) }, lost: 0, twice: 0 }));
} finally {
  pages.forEach((page) => page.close());
  ngo.close();
  await nodes.end();
}
