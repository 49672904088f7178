// The process that works is killed with SIGKILL while twelve children write and a counsellor writes notes into a referral. The
// other process of the same node serves on: every message that got its tick is there exactly once and in its order, every note
// that was acknowledged is in Tunisia exactly once, and the links are whole. Then the same once more, the other way round.
// usage: failover.mjs BUILD
import WebSocket from "ws";
import { askedReferral, until } from "../two_nodes.mjs";
import { must, Pair, same } from "./pair.mjs";

const pair = await Pair.make(process.argv[2], 3);
const { nodes, port } = pair;
const names = ["ma", "second"];

/** Writes message after message, each again until it has its tick, to whichever process answers. */
class Child {
  texts = [];
  ticks = 0;
  constructor(name) { this.name = name; }
  async write() {
    for (let turn = 0; !this.isDone(); ++turn) await this.connect(port[names[turn % names.length]]);
  }
  isDone() { return this.stops && this.texts.length === this.ticks; }
  connect(at) {
    return new Promise((closed) => {
      const socket = new WebSocket(`ws://127.0.0.1:${at}/chat`, { origin: `http://127.0.0.1:${at}` });
      const send = () => {
        if (this.isDone()) return socket.close();
        if (this.texts.length === this.ticks) this.texts.push(`${this.name} ${this.ticks}`);
        socket.send(JSON.stringify({ t: "msg", cid: `${this.name}-${String(this.ticks).padStart(12, "0")}`, text: this.texts[this.ticks], lang: "en" }));
      };
      socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1, ...(this.token && { token: this.token }) })));
      socket.on("message", (bytes) => {
        const frame = JSON.parse(bytes);
        if (frame.t === "welcome") { this.token = frame.token; send(); }
        if (frame.t === "later") setTimeout(send, frame.ms);
        if (frame.t === "ack") { ++this.ticks; send(); }
      });
      socket.on("error", closed);
      socket.on("close", closed);
    });
  }
}

/** Notes into the referral until it is told to stop; of one whose answer was lost nobody knows. */
class Notes {
  acked = [];
  unknown = [];
  at = "ma";
  constructor(referral) { this.referral = referral; }
  async write() {
    for (let i = 0; !this.stops; ++i) {
      try {
        await nodes.ask(this.at, "referral", "status", "note", this.referral, `note ${i}`);
        this.acked.push(`note ${i}`);
      } catch {
        this.unknown.push(`note ${i}`);
      }
      await new Promise((next) => setTimeout(next, 100));  // a referral takes only so many
    }
  }
}

/** What the process has of the children's messages, by child. */
async function kept(name) {
  const contacts = await nodes.ask(name, "contact", "list");
  const shown = await Promise.all(contacts.map(({ id }) => nodes.ask(name, "contact", "show", id)));
  return shown.map(({ messages }) => messages.map(({ text }) => text));
}

try {
  await nodes.start("tn");
  await nodes.start("ma");
  same(pair.said("ma"), "ready\n", "the first does not wait");
  await pair.standBy("second");
  const referral = await askedReferral(nodes, ["narrative"]);
  await until("the referral in Tunisia", 30_000, async () => (await nodes.ask("tn", "referral", "list"))?.some(({ id }) => id === referral));
  await nodes.ask("tn", "referral", "accept", referral);
  await until("the answer in Morocco", 30_000, async () => (await nodes.ask("ma", "referral", "show", referral)).state === "accepted");

  const children = Array.from({ length: 12 }, (_, i) => new Child(`c${10 + i}`));
  const notes = new Notes(referral);
  const working = [...children, notes].map((one) => one.write());
  const goesOn = async (count) => {
    const from = children.map(({ ticks }) => ticks), written = notes.acked.length;
    await until("everybody goes on", 60_000,
      () => children.every(({ ticks }, i) => ticks >= from[i] + count) && notes.acked.length > written);
  };
  const failOver = async (from, to) => {
    await goesOn(6);
    const killed = Date.now();
    await nodes.stop(from, "SIGKILL");
    await pair.isReady(to, 20_000);
    notes.at = to;
    const ready_ms = Date.now() - killed;
    await goesOn(1);
    const ticks_ms = Date.now() - killed;
    await goesOn(3);
    return { ready_ms, ticks_ms };
  };
  const first = await failOver("ma", "second");
  await pair.standBy("ma");
  const back = await failOver("second", "ma");
  children.forEach((child) => { child.stops = true; });
  notes.stops = true;
  await Promise.all(working);

  // Nothing lost, nothing twice, nothing out of order.
  const all = await kept("ma");
  for (const child of children) {
    must(child.texts.length >= 20, `${child.name} wrote: ${child.texts.length}`);
    same(all.filter(([text]) => text.startsWith(child.name)), [child.texts], `the messages of ${child.name}`);
  }
  const inTunisia = async () => (await nodes.ask("tn", "referral", "show", referral)).timeline.map(({ text }) => text).filter((text) => text.startsWith("note "));
  await until("the last note in Tunisia", 30_000, async () => (await inTunisia()).includes(notes.acked.at(-1)));
  const there = await inTunisia();
  same(there.filter((text) => notes.acked.includes(text)), notes.acked, "the notes that were acknowledged");
  must(new Set(there).size === there.length, "no note is there twice");
  must(notes.unknown.length > 0 && there.every((text) => notes.acked.includes(text) || notes.unknown.includes(text)), "no other note");
  await nodes.ask("ma", "audit", "verify");
  await until("all receipts", 30_000, async () => {
    const [link] = await nodes.ask("ma", "link", "list");
    return link.frozen === "" && link.lanes.every(({ sent, receipted }) => sent === receipted);
  });
  must((await nodes.ask("ma", "status")).healthy && (await nodes.ask("tn", "status")).healthy, "both are healthy");
  console.log(JSON.stringify({ messages: children.reduce((sum, { ticks }) => sum + ticks, 0), notes: notes.acked.length, notes_without_answer: notes.unknown.length, first, back }));
} finally {
  await pair.end();
}
