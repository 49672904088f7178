// SPDX-License-Identifier: Apache-2.0
//
// A passport that a node wrote, checked by a program that shares nothing with it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const examples = join(here, "../../unit/federation/recorded");
const recorded = join(examples, "passport-v1.bin");
const stewards = join(examples, "stewards.txt");
const folder = mkdtempSync(join(tmpdir(), "sanad-passport-"));
after(() => rmSync(folder, { recursive: true }));

function check(passport, threshold = "2", trusted = stewards) {
  const ran = spawnSync(process.execPath, [join(here, "check.mjs"), passport, trusted, threshold],
    { encoding: "utf8" });
  return ran.status === 0 ? JSON.parse(ran.stdout) : { refused: ran.stderr.trim() };
}

/** The recorded passport with one bit turned. */
function changed(bit) {
  const bytes = readFileSync(recorded);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  const path = join(folder, "changed");
  writeFileSync(path, bytes);
  return path;
}

test("a recorded passport proves its referral to a program that is not ours", () => {
  const report = check(recorded);
  assert.equal(report.refused, undefined);
  assert.equal(report.asker, "ma.cmrpi");
  assert.equal(report.asked, "tn.amal");
  assert.deepEqual(report.signedBy, ["steward-1", "steward-2"]);
  assert.deepEqual(report.events.map(({ kind }) => kind), ["request", "information", "note",
    "review", "ask", "accept", "start", "complete"]);
  assert.deepEqual(report.events.filter(({ receipted }) => !receipted).map(({ kind }) => kind),
    ["note"]);
  assert.equal(report.events[1].text, "العربية");
});

test("it is refused when a steward is missing or unknown", () => {
  assert.match(check(recorded, "3").refused, /signed by 2 of the 3/);
  const one = join(folder, "one");
  writeFileSync(one, readFileSync(stewards, "utf8").split("\n")[2] + "\n");
  assert.match(check(recorded, "1", one).refused, /signed by 0 of the 1/);
});

test("it is refused when a bit of what it holds is changed", () => {
  const bits = readFileSync(recorded).length * 8;
  for (let bit = 0; bit < bits; bit += bit < 48 * 8 ? 29 : 9_001)
    assert.notEqual(check(changed(bit)).refused, undefined, `bit ${bit}`);
});

test("each file that was made not to be valid is refused", () => {
  const names = readdirSync(join(examples, "not-valid"));
  assert.ok(names.length > 10);
  for (const name of names)
    assert.notEqual(check(join(examples, "not-valid", name)).refused, undefined, name);
});
