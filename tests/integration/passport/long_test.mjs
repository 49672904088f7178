// SPDX-License-Identifier: Apache-2.0
//
// A referral with much in it, and two real nodes: long_test.mjs BUILD VERIFIER
//
// Its passport is longer than a message of the door; both verifiers judge it. On the way the two
// nodes witness each other's audit logs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import WebSocket from "ws";
import { TwoNodes, until } from "../two_nodes.mjs";

const run = promisify(execFile);
const [build, verifier] = process.argv.slice(2);
const notes = 80;  // of 16 KiB each

async function childWrites(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
  await new Promise((ticked, fail) => {
    socket.on("error", fail);
    socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 })));
    socket.on("message", (bytes) => {
      const { t } = JSON.parse(bytes);
      if (t === "welcome") socket.send(JSON.stringify({ t: "msg", cid: "AAAAAAAAAAAAAAAA", text: "سلام", lang: "ar" }));
      if (t === "ack") ticked();
    });
  });
  socket.terminate();
}

async function refer(nodes) {
  await childWrites(nodes.chatPort.ma);
  const [contact] = await nodes.ask("ma", "contact", "list");
  await nodes.ask("ma", "contact", "open", contact.id);
  const file = await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2",
    "--reason", "VI.cyberbullying", "--age-band", "13-15");
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", "--item", "narrative",
    "--recipient", tunisia, "--words", "نشارك هذا مع تونس", "--language", "ar");
  return (await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--narrative", "an invented story",
    "--redacted")).id;
}

test("two real nodes witness each other, and a long passport leaves in pieces", async (t) => {
  const nodes = await TwoNodes.make(build, (country, toml) => `${toml}\n[audit]\nround = "5 s"\n`);
  t.after(() => nodes.end());
  await nodes.start("tn");
  await nodes.start("ma");
  const referral = await refer(nodes);
  for (let i = 0; i < notes; ++i)
    await nodes.ask("ma", "referral", "status", "note", referral, `${i} ${"كتاب ".repeat(1_800)}`);

  const passport = nodes.file("long.passport");
  await nodes.ask("ma", "passport", "export", referral, passport);
  const { size } = await stat(passport);
  assert.ok(size > 1 << 20, `${size} bytes`);
  const judged = JSON.parse(await nodes.sanad(["passport", "verify", passport, "--trust", nodes.file("trust.txt"), "--json"]));
  assert.equal(judged.passport, "valid");
  assert.equal(judged.events.length, notes + 1);
  const again = JSON.parse((await run(verifier, [passport, "--stewards", nodes.file("trust.txt"), "--json"],
    { maxBuffer: 64 << 20 })).stdout);
  assert.deepEqual(again.events.map(({ kind, text }) => [kind, text]), judged.events.map(({ kind, text }) => [kind, text]));

  for (const [country, other] of [["ma", "tn"], ["tn", "ma"]])
    await until(`a cosignature for ${country}`, 60_000, async () =>
      (await nodes.ask(country, "audit", "witness")).own.some(({ head }) => head.includes(`\n\u2014 ${other}.`)));
  assert.deepEqual(await nodes.ask("ma", "audit", "alarms"), []);
  const verified = await nodes.ask("ma", "audit", "verify");
  assert.ok(Number(verified.agreedSize) > 0);
  assert.ok(verified.agreedHolder.startsWith("tn."));
});
