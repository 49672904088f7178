// A directory's life with two real nodes that are never restarted: a new version is installed at one
// and reaches the other by itself; all keys of both are changed while a counsellor writes, and nothing
// is lost or comes twice; a notice by one steward silences a node at once. usage: life.mjs BUILD
import WebSocket from "ws";
import { writeFile } from "node:fs/promises";
import { TwoNodes, until } from "../two_nodes.mjs";

const [build] = process.argv.slice(2);
const pause = (ms) => new Promise((next) => setTimeout(next, ms));
const nodes = await TwoNodes.make(build);

/** The newest directory with this change, signed by both stewards; its file. */
let newest = "directory.note";
let count = 1;
async function nextDirectory(line) {
  const draft = nodes.file(`draft-${++count}.txt`);
  await writeFile(nodes.file("line"), line);
  await nodes.sanad(["directory", "add", nodes.file(newest), nodes.file("line"), "--out", draft]);
  for (const steward of ["one", "two"])
    await nodes.sanad(["directory", "sign", draft, "--key", nodes.file(`${steward}.key`), "--out", nodes.file(`${steward}-${count}.note`)]);
  newest = `directory-${count}.note`;
  await nodes.sanad(["directory", "merge", nodes.file(`one-${count}.note`), nodes.file(`two-${count}.note`), "--out", nodes.file(newest)]);
  return nodes.file(newest);
}
const versionAt = async (country) => Number((await nodes.ask(country, "status")).directoryVersion);
const follows = (country, version) => until(`${country} follows version ${version}`, 30_000, async () => await versionAt(country) === version);

/** The line of a node with new keys of all kinds, by its identity key from a file apart. */
async function rotate(country) {
  const identity = nodes.file(`${country}.identity`);
  await nodes.sanad(["--data", nodes.data(country), "keys", "identity", identity]);
  return nodes.sanad(["--data", nodes.data(country), "keys", "rotate", "signing", "sealing", "transport", "--identity", identity]);
}
const keysOf = (country) => nodes.sanad(["--data", nodes.data(country), "keys", "show"]);

try {
  await nodes.start("tn");
  await nodes.start("ma");
  const child = new WebSocket(`ws://127.0.0.1:${nodes.chatPort.ma}/chat`, { origin: `http://127.0.0.1:${nodes.chatPort.ma}` });
  await new Promise((open) => child.once("open", open));
  child.send(JSON.stringify({ t: "hello", after: 0, press: 1 }));
  await new Promise((heard) => child.once("message", heard));
  child.send(JSON.stringify({ t: "msg", cid: "abcdefghijkl", text: "سلام", lang: "ar" }));
  await new Promise((heard) => child.once("message", heard));
  child.close();
  const contact = (await until("the contact", 10_000, async () => (await nodes.ask("ma", "contact", "list"))[0]));
  await nodes.ask("ma", "contact", "open", contact.id);
  const file = await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", "--item", "narrative", "--recipient", tunisia,
    "--words", "نشارك هذا مع تونس", "--language", "ar");
  const referral = (await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--narrative", "an invented story", "--redacted")).id;

  const told = [];
  let stop = false;
  const counsellor = (async () => {
    for (let note = 0; !stop; ++note) {
      await nodes.ask("ma", "referral", "status", "note", referral, `note ${note}`);
      told.push(`note ${note}`);
      await pause(50);
    }
  })();

  // A new version, installed at one node, reaches the other.
  await nodes.ask("ma", "directory", "install", await nextDirectory(await nodes.sanad(["--data", nodes.data("tn"), "node", "bundle"])));
  await follows("tn", 2);
  const again = await nodes.ask("ma", "directory", "install", nodes.file(newest));
  if (!again.state.includes("in force already")) throw new Error(`installed twice: ${JSON.stringify(again)}`);

  // All keys of both, one node after the other; the directory is brought to the other node.
  for (const [country, other] of [["tn", "ma"], ["ma", "tn"]]) {
    const before = await keysOf(country);
    await nodes.ask(other, "directory", "install", await nextDirectory(await rotate(country)));
    await follows(country, count);
    await until(`${country} has its new keys`, 30_000, async () => !(await keysOf(country)).includes("waits for a directory"));
    const after = await keysOf(country);
    for (const kind of ["signing", "sealing", "transport"]) {
      const key = (text) => new RegExp(`^${kind} +(\\S+)`, "m").exec(text)[1];
      if (key(before) === key(after)) throw new Error(`${country}: the ${kind} key is the old one`);
    }
    if (!after.includes("former sealing")) throw new Error(`${country}: the former sealing key is gone`);
  }
  stop = true;
  await counsellor;
  const notesAt = async (country) => (await nodes.ask(country, "referral", "show", referral)).timeline
    .filter((line) => line.what === "note").map((line) => line.text);
  await until("the last note in Tunisia", 90_000, async () => (await notesAt("tn")).includes(told.at(-1)));
  await until("all receipts", 60_000, async () =>
    (await nodes.ask("ma", "link", "list"))[0].lanes.every((lane) => lane.sent === lane.receipted));
  for (const country of ["ma", "tn"]) {
    const held = await notesAt(country);
    if (held.length !== told.length || new Set(held).size !== told.length) throw new Error(`${country}: ${held.length} notes of ${told.length}`);
    await nodes.ask(country, "audit", "verify");
  }

  // Both start again by what they followed, with their new keys.
  for (const country of ["ma", "tn"]) await nodes.stop(country);
  for (const country of ["tn", "ma"]) await nodes.start(country);
  await until("the link is up again", 60_000, async () => (await nodes.ask("ma", "link", "list"))[0]?.up);
  if (await versionAt("ma") !== count) throw new Error("an older directory after the restart");

  // One steward's notice silences Tunisia within a second.
  const notice = nodes.file("tn.notice");
  await nodes.sanad(["directory", "revoke", nodes.file(newest), tunisia, "--now", "--key", nodes.file("two.key"), "--out", notice]);
  const begun = Date.now();
  await nodes.ask("ma", "directory", "install", notice);
  const status = await nodes.ask("ma", "status");
  const effective = Date.now() - begun;
  if (!status.revoked.includes(tunisia)) throw new Error("not revoked");
  const feed = await nodes.ask("ma", "feed");
  if (!feed.some((event) => event.name === "referral.peer_revoked")) throw new Error("the counsellor was not told");
  console.log(JSON.stringify({ notes: told.length, lost: 0, twice: 0, directories: count, revoked_ms: effective }));
} finally {
  await nodes.end();
}
