// SPDX-License-Identifier: Apache-2.0
//
// The audit log of a real node on a real disk, edited by somebody with root while the node is down:
// audit.test.mjs BUILD TAMPER LMDB-PLUGIN
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { test } from "node:test";
import path from "node:path";
import { promisify } from "node:util";
import { TwoNodes } from "../two_nodes.mjs";

const run = promisify(execFile);
const [build, tamper, plugin] = process.argv.slice(2);

test("an edited audit entry is found, and named, by audit verify", async (t) => {
  const nodes = await TwoNodes.make(build);
  t.after(() => nodes.end());
  const verify = async () => {
    const words = ["--data", nodes.data("ma"), "--as", "amina", "--json", "audit", "verify"];
    const ended = await run(`${nodes.build}/nodes/cli/sanad`, words).catch((error) => error);
    return { code: ended.code ?? 0, ...JSON.parse(ended.stdout).auditVerified };
  };
  await nodes.start("ma");
  for (let i = 0; i < 6; ++i) await verify();  // each is an act, and leaves an entry
  const whole = await verify();
  assert.equal(whole.code, 0);
  assert.ok(Number(whole.size) > 6);
  await nodes.stop("ma");

  const store = path.join(nodes.data("ma"), "store");
  await cp(store, nodes.file("sound"), { recursive: true });
  for (const [action, entry, why] of [["flip", 3, /does not open/], ["swap", 4, /does not open/],
    ["cut", Number(whole.size) - 2, /is missing/]]) {
    await rm(store, { recursive: true });
    await cp(nodes.file("sound"), store, { recursive: true });
    await run(tamper, [plugin, store, action, String(entry)]);
    await nodes.start("ma");
    const found = await verify();
    await nodes.stop("ma");
    assert.equal(found.code, 1, action);
    assert.equal(found.bad, true);
    assert.equal(Number(found.badIndex), entry);
    assert.match(found.badWhat, why);
  }
});
