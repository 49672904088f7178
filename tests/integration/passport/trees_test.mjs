// SPDX-License-Identifier: Apache-2.0
//
// Our checkpoints, receipts and proofs against code that is not ours: trees_test.mjs TREES
//
// Sigstore's library judges signatures of heads and inclusion proofs; it has no consistency proofs and
// no cosignatures, so those are checked by the definitions of RFC 9162 (roots computed from the leaves)
// and c2sp.org/tlog-cosignature, with Node's own Ed25519.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { checkInclusion, isCosigned, isExtension, openHead, sha256, verifier } from "./notes.mjs";

const told = execFileSync(process.argv[2], { encoding: "utf8", maxBuffer: 64 << 20 }).trim().split("\n")
  .map((line) => JSON.parse(line));
const bytes = (hex) => Buffer.from(hex, "hex");
const owner = verifier("ma.example", bytes(told[0].owner), 1);
const reader = verifier("tn.example", bytes(told[0].reader), 4);
const entries = told.map(({ entry }) => bytes(entry));
const heads = told.map(({ head }) => openHead(head, owner));  // throws when Sigstore refuses one

/** MTH of RFC 9162, section 2.1.1, word for word. */
function rootOf(leaves) {
  if (leaves.length === 1) return sha256(Buffer.from([0]), leaves[0]);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

test("Sigstore accepts the signature of each head, and its root is that of the definition", () => {
  heads.forEach((head, i) => {
    assert.equal(head.size, BigInt(i + 1));
    assert.ok(head.root.equals(rootOf(entries.slice(0, i + 1))));
  });
});

test("Sigstore accepts each inclusion proof, and none for another entry", () => {
  heads.forEach((head, i) => told[i].inclusion.forEach((proof, index) => {
    checkInclusion(entries[index], BigInt(index), head, proof.map(bytes));
    assert.throws(() => checkInclusion(Buffer.from("other"), BigInt(index), head, proof.map(bytes)));
  }));
});

test("each consistency proof leads from one root of the definition to the other", () => {
  heads.forEach((head, i) => told[i].consistency.forEach((proof, j) => {
    assert.ok(isExtension(heads[j], head, proof.map(bytes)));
    if (j !== i) assert.ok(!isExtension({ ...heads[j], root: Buffer.alloc(32, 1) }, head, proof.map(bytes)));
  }));
  told.slice(1).forEach(({ growth }, i) =>
    assert.ok(isExtension(heads[i], heads[i + 1], growth.map(bytes))));
});

test("each receipt is a cosignature as C2SP defines it, with its time", () => {
  heads.forEach((head, i) => {
    assert.ok(isCosigned(head.note, reader));
    const line = head.note.signatures.find(({ name }) => name === "tn.example");
    assert.equal(line.signature.readBigUInt64BE(0), BigInt(i + 1));
    assert.ok(!isCosigned({ ...head.note, text: head.note.text.replace("ma", "mb") }, reader));
  });
});
