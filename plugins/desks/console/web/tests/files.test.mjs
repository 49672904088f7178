import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { sampleOf, wavOf } = await load("words/voice.ts");
const { shownName, safeName } = await load("words/fileName.ts");
const { contactFileOf } = await load("door/files.ts");

test("A-law speaks as its standard says: quiet, loud, and both signs", () => {
  assert.deepEqual([0xd5, 0x55, 0xaa, 0x2a, 0x80, 0x00].map(sampleOf), [8, -8, 32256, -32256, 5504, -5504]);
  const all = Array.from({ length: 256 }, (_, byte) => sampleOf(byte));
  assert.equal(new Set(all).size, 256);
  for (const [byte, sample] of all.entries()) assert.equal(all[byte ^ 0x80], -sample);
});

test("a voice becomes a WAV file of plain samples, one voice at 8 kHz", () => {
  const wav = Buffer.from(wavOf(Uint8Array.from([0xd5, 0xaa])));
  assert.equal(wav.length, 48);
  assert.equal(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 16) + wav.toString("latin1", 36, 40), "RIFFWAVEfmt data");
  assert.deepEqual([wav.readUInt32LE(4), wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.readUInt32LE(40)], [40, 1, 1, 8000, 16, 4]);
  assert.deepEqual([wav.readInt16LE(44), wav.readInt16LE(46)], [8, 32256]);
  assert.equal(wavOf(new Uint8Array()).length, 44);
});

test("a name shows what it hides, and is saved under one that names no folder", () => {
  assert.equal(shownName("letter\u202Efdp.exe"), "letter\\u{202e}fdp.exe");
  assert.equal(shownName("رسالة.pdf"), "رسالة.pdf");
  assert.equal(safeName("../../etc/a\u0000b\u2066.pdf", "file"), "_.._etc_ab.pdf");
  assert.equal(safeName(" .. ", "file"), "file");
});

const doorOf = (parts, wholeAtEnd = true) => {
  const asked = [];
  return { asked, ask: async (question, words) => {
    asked.push([question, words]);
    return { bytes: parts[words.part], part: words.part, parts: parts.length, whole: wholeAtEnd };
  } };
};

test("a file of a contact is read part by part, in order, and says how far it is", async () => {
  const door = doorOf([[1, 2], [3, 4], [5]]);
  const told = [];
  const { bytes, whole } = await contactFileOf(door, "c", "f", (part) => told.push(part));
  assert.deepEqual([...bytes], [1, 2, 3, 4, 5]);
  assert.equal(whole, true);
  assert.deepEqual(door.asked.map(([question, words]) => [question, words.part]), [["contactFileRead", 0], ["contactFileRead", 1], ["contactFileRead", 2]]);
  assert.deepEqual(told, [1 / 3, 2 / 3, 1]);
});

test("a file whose end is missing says so, and a part with nothing in it ends the reading", async () => {
  assert.equal((await contactFileOf(doorOf([[1]], false), "c", "f", () => {})).whole, false);
  await assert.rejects(contactFileOf(doorOf([[1], [], [3]]), "c", "f", () => {}), { code: "bad_answer" });
});
