// SPDX-License-Identifier: Apache-2.0
//
// Checks a passport without any of our code: check.mjs PASSPORT STEWARDS THRESHOLD
//
// STEWARDS is a file with a verifier string a line, from a source that you trust; THRESHOLD of them
// must have signed. Prints what the passport proves as one JSON object; ends with 1 and a reason
// when it proves nothing.
import { readFileSync } from "node:fs";
import { openEntry } from "./entry_box.mjs";
import { open } from "./flat_message.mjs";
import { checkInclusion, isCosigned, isExtension, isSigned, openHead, parseNote, parseVerifier,
  sha256, unbase64, verifier } from "./notes.mjs";

const side = ["none", "asker", "asked"];
const lane = ["normal", "urgent"];
const kind = ["none", "check_consent", "edit", "seal", "request", "information", "withdraw",
  "expire", "enter_in_error", "confirm", "close_unconfirmed", "erase", "review", "ask", "accept",
  "decline", "redirect", "start", "hold", "resume", "complete", "not_complete", "withdraw_ok",
  "erased", "held", "note", "take_back"];

const must = (holds, what) => { if (!holds) throw new Error(what); };
const digests = (bytes) => {
  must(bytes.length % 32 === 0, "proof: length");
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
};
const uuid = (bytes) => bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
  "$1-$2-$3-$4-$5");

/** The signing key of each node, once enough stewards have signed. */
function readDirectory(text, stewards, threshold) {
  const note = parseNote(text);
  const signers = stewards.filter((steward) => isSigned(note, steward));
  const keys = new Set(signers.map(({ raw }) => raw.toString("hex")));
  must(threshold > 0 && keys.size >= threshold,
    `directory: signed by ${keys.size} of the ${threshold} stewards it needs`);
  const nodes = new Map();
  for (const [, id, key] of note.text.matchAll(/^node (\S+) .* keys=\S*,signing:([^,]+),.*$/gm))
    nodes.set(id, unbase64(key));
  const version = Number(/^version (\d+)$/m.exec(note.text)[1]);
  return { version, nodes, signers: signers.map(({ name }) => name) };
}

function readLog(from, node, keys) {
  const writer = side[from.number(2, 0)];
  const reader = writer === "asker" ? "asked" : "asker";
  const origin = `sanad/${node[writer]}/${node[reader]}/${lane[from.number(2, 2)]}`;
  const owner = verifier(node[writer], keys[writer], 1);
  const witness = verifier(node[reader], keys[reader], 4);
  const head = (text) => (text === "" ? null : openHead(text, owner));
  const log = { writer, origin, receipted: head(from.text(0)), written: head(from.text(1)) };
  for (const one of [log.receipted, log.written])
    must(one === null || one.origin === origin, "a head of another log");
  must(log.receipted === null || isCosigned(log.receipted.note, witness), "no receipt");
  if (log.receipted !== null && log.written !== null)
    must(isExtension(log.receipted, log.written, digests(from.bytes(2))), "not one log");
  return log;
}

function readEvent(from, logs, referral) {
  const log = logs[from.number(1, 0)];
  const index = from.number(8, 8);
  const number = from.number(4, 4);
  const raw = from.bytes(0);
  const isReceipted = log.receipted !== null && index < log.receipted.size;
  const event = { side: log.writer, number, log, index, receipted: isReceipted };
  must(raw.length > 0, "erased entries are not for this program");
  checkInclusion(raw, index, isReceipted ? log.receipted : log.written, digests(from.bytes(3)));
  const entry = open(raw);
  must(entry.number(2, 8) === 0, "not a sealed entry");
  const body = open(openEntry(entry.bytes(1), from.bytes(1), log.origin, index));
  must(body.number(2, 0) === 1 && body.bytes(0).equals(referral), "of another referral");
  const message = open(body.bytes(1));
  must(message.bytes(0).equals(referral) && message.number(4, 0) === number, "of another place");
  const what = message.number(2, 16);
  must(what >= 4 && what < kind.length, "an unknown kind");
  return { ...event, kind: kind[what], seenOther: message.number(4, 4),
    at: new Date(Number(message.number(8, 8))).toISOString(), text: message.text(2) };
}

/** All of each side, in the order of its log, up to what the other side has seen, and in no circle. */
function checkOrder(events) {
  const of = (which) => events.filter((event) => event.side === which);
  for (const [own, others] of [[of("asker"), of("asked")], [of("asked"), of("asker")]]) {
    own.forEach((event, i) => {
      must(event.number === i, "an event is missing");
      must(event.seenOther <= others.length, "an event of the other side is missing");
      must(i === 0 || own[i - 1].seenOther <= event.seenOther, "forgets what it had seen");
      must(event.seenOther > 0 || event.side === "asker", "an answer to nothing");
      must(event.seenOther === 0 || others[event.seenOther - 1].seenOther <= i, "two have seen each other");
      must(i === 0 || own[i - 1].log !== event.log || own[i - 1].index < event.index, "order");
    });
  }
  must(events[0]?.kind === "request" && events[0].side === "asker", "no request");
}

/** The one file that holds these two. */
function fileOf(contents, statement) {
  const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((8 - bytes.length % 8) % 8)]);
  const text = Buffer.from(`${statement}\0`);
  const words = [0x0002000100000000n, 1n, 0x200000005n | BigInt(contents.length) << 35n,
    0x200000001n | BigInt(padded(contents).length / 8) << 2n | BigInt(text.length) << 35n];
  const head = Buffer.alloc(8 + 8 * words.length);
  words.forEach((word, i) => head.writeBigUInt64LE(word, 8 + 8 * i));
  const file = Buffer.concat([head, padded(contents), padded(text)]);
  file.writeUInt32LE(file.length / 8 - 1, 4);
  return file;
}

function check(file, stewards, threshold) {
  const passport = open(file);
  must(passport.number(2, 0) === 1, "another version");
  const contentBytes = passport.bytes(0);
  must(fileOf(contentBytes, passport.text(1)).equals(file), "not in its one form");
  const contents = open(contentBytes);
  const referral = contents.bytes(0);
  const node = { asker: contents.text(1), asked: contents.text(2) };
  const exporter = node[side[contents.number(2, 0)]];
  const directory = readDirectory(contents.text(3), stewards, threshold);
  const keys = { asker: directory.nodes.get(node.asker), asked: directory.nodes.get(node.asked) };
  must(keys.asker && keys.asked && node.asker !== node.asked, "a node is not in the directory");

  const statement = parseNote(passport.text(1));
  const exported = new Date(Number(contents.number(8, 8))).toISOString().replace(".000Z", "Z");
  must(statement.text === `sanad-passport/v1\nreferral ${uuid(referral)}\n` +
    `contents ${sha256(contentBytes).toString("base64")}\nexported ${exported}\n`, "statement");
  must(statement.signatures.length === 1, "more than the exporter's signature");
  must(isSigned(statement, verifier(exporter, directory.nodes.get(exporter), 1)), "statement");

  const logs = contents.structs(4).map((log) => readLog(log, node, keys));
  const events = contents.structs(5).map((event) => readEvent(event, logs, referral));
  checkOrder(events);
  return { referral: uuid(referral), ...node, exporter, exported, directory: directory.version,
    signedBy: directory.signers,
    logs: logs.map((log) => ({ origin: log.origin, receipted: Number(log.receipted?.size ?? 0),
      size: Number((log.written ?? log.receipted).size) })),
    events: events.map(({ side: by, kind: what, at, receipted, text }) =>
      ({ by: node[by], kind: what, at, receipted, text })) };
}

const [path, stewardsPath, threshold] = process.argv.slice(2);
if (threshold === undefined) {
  console.error("check: an argument is missing: check.mjs PASSPORT STEWARDS THRESHOLD");
  process.exit(64);
}
try {
  const stewards = readFileSync(stewardsPath, "utf8").trim().split("\n").map(parseVerifier);
  console.log(JSON.stringify(check(readFileSync(path), stewards, Number(threshold))));
} catch (error) {
  console.error(`check: ${error.message}`);
  process.exit(1);
}
