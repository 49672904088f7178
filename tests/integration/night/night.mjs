// Two in the morning, with two real nodes and a page that speaks as a browser does: nobody is there in
// Morocco, Tunisia's roster is open, the child goes on there and comes back with a summary. Then a
// referral that nobody answers, and a node that is killed between the steps of its clock.
// usage: night.mjs BUILD
import WebSocket from "ws";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { TwoNodes, until } from "../two_nodes.mjs";

const [build] = process.argv.slice(2);

/** The child's page: what it shows, in order. */
class Page {
  constructor(port) {
    this.shown = [];
    this.ticks = 0;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    this.socket.on("open", () => this.say({ t: "hello", after: 0, press: 1 }));
    this.socket.on("message", (bytes) => this.take(JSON.parse(bytes)));
    this.socket.on("error", () => {});
  }
  say(frame) { this.socket.send(JSON.stringify(frame)); }
  take(frame) {
    if (frame.t === "welcome") this.ready = true;
    if (frame.t === "ack") this.ticks += 1;
    if (frame.t === "msg" && frame.from === "helpline") this.shown.push(frame.text);
    if (frame.t === "page") for (const line of frame.messages) if (line.from === "helpline") this.shown.push(line.text);
  }
  async write(text) {
    await until("the page is ready", 10_000, () => this.ready);
    const before = this.ticks;
    this.say({ t: "msg", cid: randomBytes(12).toString("base64url"), text, lang: "ar" });
    await until("a tick", 10_000, () => this.ticks > before);
  }
  sees(part) { return until(`the page shows ${part}`, 20_000, () => this.shown.some((text) => text.includes(part))); }
}

// U0 in seconds, so that a test can wait for it; no plugin is needed to be told.
const clocks = `
[clocks.referral]
U0 = { stored = "2 s", seen = "3 s", accepted = "4 s", begun = "1 h", acted = "2 h" }
[duty]
supervisors = ["amina"]
[[duty.call]]
name = "night phone"
`;
const nodes = await TwoNodes.make(build, (country, toml) => toml + clocks);
const feed = (country) => nodes.ask(country, "feed");

async function night() {
  const roster = nodes.file("roster.toml");
  await writeFile(roster, `languages = ["ar", "fr"]\nzone = "Africa/Tunis"\nhours = ["mon-sun 00:00-24:00"]\ncapacity = 1\nvalid_until = "${new Date(Date.now() + 864e5).toISOString().slice(0, 19)}Z"\n`);
  const page = new Page(nodes.chatPort.ma);
  await page.write("salam, kayn chi had?");
  const [contact] = await nodes.ask("ma", "contact", "list");
  await assert.rejects(nodes.ask("ma", "cover", "offer", contact.id), /no other node that fits is open/);
  await nodes.ask("tn", "roster", "publish", "--file", roster);
  await until("Morocco has the roster", 20_000, async () => (await nodes.ask("ma", "roster", "list")).length === 1);
  const [best] = await nodes.ask("ma", "cover", "who", contact.id);
  assert.ok(best.fits && best.words.includes("is open now"));
  await nodes.ask("ma", "cover", "offer", contact.id);
  await page.sees("1 –");
  await page.write("1");

  const referral = await until("Tunisia has it", 20_000, async () => (await nodes.ask("tn", "referral", "list"))[0]);
  assert.equal(referral.kind, "overflow");
  await nodes.ask("tn", "referral", "accept", referral.id);
  await nodes.ask("tn", "referral", "status", "note", referral.id, "مرحبا، أنا هنا معك.");
  await page.sees("أنا هنا معك");
  await page.write("choukran");
  await until("Tunisia reads it", 20_000, async () =>
    (await nodes.ask("tn", "referral", "show", referral.id)).timeline.some(({ text }) => text === "choukran"));
  assert.equal((await nodes.ask("ma", "cover", "who", contact.id))[0].room ?? 0, 0);
  await nodes.ask("tn", "referral", "complete", referral.id, "service_delivered_full", "تحدثنا، واتفقنا على مكالمة غدا.");
  await until("the contact is home", 20_000, async () => (await nodes.ask("ma", "contact", "show", contact.id)).state === "waiting");
  const [file] = await nodes.ask("ma", "case", "list");
  const { timeline } = await nodes.ask("ma", "case", "show", file.id);
  assert.ok(timeline.some(({ who, text }) => who === referral.peer.replace("ma", "tn") || text.includes("واتفقنا")));
  page.socket.close();
  return file;
}

async function clock(file) {
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", "--item", "narrative", "--recipient", tunisia,
    "--words", "نشارك هذا مع تونس", "--language", "ar");
  await nodes.stop("tn");
  const asked = await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--urgency", "U0", "--basis", "express_consent",
    "--redacted", "--narrative", "طفلة تسأل عن ناد");
  const lines = await nodes.ask("ma", "clocks", "list");
  assert.deepEqual(lines.map(({ limit }) => limit).sort(), ["accepted", "seen", "stored"]);
  for (let kill = 0; kill < 4; ++kill) {
    await new Promise((next) => setTimeout(next, 700));
    await nodes.stop("ma", "SIGKILL");
    await nodes.start("ma");
  }
  const told = async () => (await feed("ma")).filter(({ subject, name }) => subject === asked.id && name.startsWith("referral.clock_"));
  await until("the call list is told", 30_000, async () => (await told()).some(({ name, number }) => name === "referral.clock_twice" && Number(number) === 2));
  const steps = (await told()).map(({ name, number, who }) => `${name} ${number ?? 0} ${who ?? ""}`);
  assert.equal(new Set(steps).size, steps.length, `told twice: ${steps}`);
  assert.ok(steps.includes("referral.clock_full 2 amina"), `${steps}`);
  assert.ok(steps.includes("referral.clock_twice 2 night phone"), `${steps}`);
  const shown = await nodes.ask("ma", "referral", "show", asked.id);
  assert.equal(shown.state, "undeliverable");
  assert.deepEqual(shown.owners, [shown.owners[0]]);
  assert.ok((await feed("ma")).some(({ subject, name }) => subject === asked.id && name === "referral.next_peer_offered"));
  assert.deepEqual(await nodes.ask("ma", "referral", "next", asked.id), []);  // there is no third node
  await nodes.start("tn");
  await until("Tunisia gives it back", 20_000, async () => (await nodes.ask("ma", "referral", "show", asked.id)).state === "expired");
}

try {
  await nodes.start("tn");
  await nodes.start("ma");
  await clock(await night());
  console.log("the night passed");
} finally {
  await nodes.end();
}
