// 200 times kill -9, Morocco or Tunisia, while children write in Morocco and a counsellor there adds
// notes to a referral. This program is the outside checker: it knows only what it was told. What a
// page saw a tick for, or the command line called done, must be there exactly once, at both nodes
// where it crosses. usage: kills.mjs BUILD [KILLS] [SEED]
import WebSocket from "ws";
import { randomBytes } from "node:crypto";
import { TwoNodes, until } from "../two_nodes.mjs";

const [build, kills = "200", seed = "1"] = process.argv.slice(2);
const children = 12;
let state = Number(seed);
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
const pause = (ms) => new Promise((next) => setTimeout(next, ms));

/** A page: keeps what it sent until it has the tick, and says hello again whenever it is cut off. */
class Child {
  constructor(port, name) { Object.assign(this, { port, name, unacked: new Map(), acked: [], count: 0, over: false }); this.connect(); }
  connect() {
    if (this.over) return;
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/chat`, { origin: `http://127.0.0.1:${this.port}` });
    this.socket = socket;
    socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1, ...(this.token && { token: this.token }) })));
    socket.on("message", (bytes) => this.take(JSON.parse(bytes)));
    socket.on("error", () => {});
    socket.on("close", () => { this.ready = false; if (!this.over) setTimeout(() => this.connect(), 20 + random() * 60); });
  }
  take(frame) {
    if (frame.t === "welcome") {
      this.token = frame.token;
      this.ready = true;
      for (const cid of this.unacked.keys()) this.send(cid);
    } else if (frame.t === "ack" && this.unacked.has(frame.cid)) {
      this.acked.push(this.unacked.get(frame.cid));
      this.unacked.delete(frame.cid);
    } else if (frame.t === "later" && this.unacked.has(frame.cid)) {
      setTimeout(() => this.ready && this.send(frame.cid), frame.ms);
    }
  }
  send(cid) { if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ t: "msg", cid, text: this.unacked.get(cid), lang: "ar" })); }
  write() {
    if (this.unacked.size >= 3) return;
    const cid = randomBytes(12).toString("base64url");
    this.unacked.set(cid, `سلام ${this.name} ${this.count++}`);
    if (this.ready) this.send(cid);
  }
}

function exactlyOnce(what, told, held) {
  const counts = new Map();
  for (const text of held) counts.set(text, (counts.get(text) ?? 0) + 1);
  const lost = told.filter((text) => !counts.has(text));
  const twice = [...counts].filter(([, count]) => count > 1).map(([text]) => text);
  if (lost.length || twice.length) throw new Error(`${what}: lost ${JSON.stringify(lost)}, twice ${JSON.stringify(twice)}`);
}

const begun = Date.now();
const nodes = await TwoNodes.make(build, (country, toml) => toml
  .replace("[plugin.config]\n", "[plugin.config]\nbehindProxy = true\nconversationsPerHour = 0\n"));
try {
  await nodes.start("tn");
  await nodes.start("ma");
  const all = Array.from({ length: children }, (_, i) => new Child(nodes.chatPort.ma, `c${i}`));
  all[0].write();
  await until("the first tick", 20_000, () => all[0].acked.length);
  const [contact] = await nodes.ask("ma", "contact", "list");
  await nodes.ask("ma", "contact", "open", contact.id);
  const file = await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", "--item", "narrative", "--recipient", tunisia,
    "--words", "نشارك هذا مع تونس", "--language", "ar");
  const referral = (await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--narrative", "an invented story", "--redacted")).id;

  // The counsellor: what the command line refuses because the node is down, nobody was told.
  const told = [];
  let stop = false;
  const counsellor = (async () => {
    for (let note = 0; !stop; ++note) {
      try {
        await nodes.ask("ma", "referral", "status", "note", referral, `note ${note}`);
        told.push(`note ${note}`);
      } catch { /* the node is down: nobody was told anything */ }
      await pause(60);  // a referral holds 1,000 events of a side
    }
  })();
  const writing = setInterval(() => all[Math.floor(random() * children)].write(), 15);
  const starts = [];
  for (let kill = 0; kill < Number(kills); ++kill) {
    const country = random() < 0.6 ? "ma" : "tn";
    await pause(10 + random() * 150);  // the moment of the kill: chance, not a condition
    await nodes.stop(country, "SIGKILL");
    starts.push(await nodes.start(country));
  }
  clearInterval(writing);
  stop = true;
  await counsellor;
  await until("every child's tick", 120_000, () => all.every((child) => child.unacked.size === 0));
  const notesAt = async (country) => (await nodes.ask(country, "referral", "show", referral)).timeline
    .filter((line) => line.what === "note").map((line) => line.text);
  await until("the last note in Tunisia", 60_000, async () => (await notesAt("tn")).includes(told.at(-1)));
  await until("all receipts", 60_000, async () =>
    (await nodes.ask("ma", "link", "list"))[0].lanes.every((lane) => lane.sent === lane.receipted));

  if (told.length === 0) throw new Error("the command line never managed to add a note");
  const texts = [];
  for (const one of await nodes.ask("ma", "contact", "list"))
    texts.push(...(await nodes.ask("ma", "contact", "show", one.id)).messages.map((message) => message.text));
  exactlyOnce("messages of children", all.flatMap((child) => child.acked), texts);
  for (const country of ["ma", "tn"]) {
    exactlyOnce(`notes at ${country}`, told, await notesAt(country));
    await nodes.ask(country, "audit", "verify");
  }
  for (const child of all) { child.over = true; child.socket.terminate(); }
  starts.sort((a, b) => a - b);
  console.log(JSON.stringify({ kills: starts.length, messages_acknowledged: all.reduce((sum, child) => sum + child.acked.length, 0),
    notes_acknowledged: told.length, lost: 0, twice: 0, start_ms_p50: starts[starts.length >> 1], start_ms_max: starts.at(-1),
    seconds: Math.round((Date.now() - begun) / 1000), seed }));
} finally {
  await nodes.end();
}
