// SPDX-License-Identifier: Apache-2.0
//
// Signed notes, checkpoints and proofs. The heads' signatures and the inclusion proofs are checked by
// Sigstore's verifier, which is not ours; the rest is written from c2sp.org/signed-note,
// c2sp.org/tlog-cosignature and RFC 9162.
import { createHash, createPublicKey, verify } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/timestamp/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/timestamp/merkle.js");

export const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const ed25519 = (raw) => createPublicKey({ format: "der", type: "spki",
  key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]) });

/** A key as a note's signature line names it. type 1: over the text; 4: a cosignature. */
export function verifier(name, raw, type) {
  const id = sha256(`${name}\n`, Buffer.from([type]), raw).subarray(0, 4);
  return { name, raw, type, id, key: ed25519(raw) };
}

/** base64 in its one form. */
export function unbase64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Error("base64 in another form");
  return bytes;
}

/** `name+key id+base64`, as in a steward's line. */
export function parseVerifier(text) {
  const [name, id, key] = text.trim().split(/\+(.{8})\+/);
  const bytes = unbase64(key);
  const parsed = verifier(name, bytes.subarray(1), bytes[0]);
  if (parsed.id.toString("hex") !== id) throw new Error(`steward ${name}: key id`);
  return parsed;
}

export function parseNote(note) {
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2).split("\n");
  if (end < 0 || lines.pop() !== "") throw new Error("note: no signatures");
  const signatures = lines.map((line) => {
    const [, name, base64] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = unbase64(base64 ?? "");
    return { line, name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

const byKey = (note, who) =>
  note.signatures.filter(({ name, id }) => name === who.name && id.equals(who.id));

export const isSigned = (note, who) => byKey(note, who).some(({ signature }) =>
  verify(null, Buffer.from(note.text), who.key, signature));

/** Whether a cosignature by `who` stands under the note. */
export const isCosigned = (note, who) => byKey(note, who).some(({ signature }) => {
  const seconds = signature.readBigUInt64BE(0);
  const message = `cosignature/v1\ntime ${seconds}\n${note.text}`;
  return verify(null, Buffer.from(message), who.key, signature.subarray(8));
});

/** The checkpoint of a head that `owner` signed, says Sigstore. */
export function openHead(head, owner) {
  const note = parseNote(head);
  const [origin, size, root] = note.text.split("\n");
  const envelope = `${note.text}\n${byKey(note, owner).map(({ line }) => `${line}\n`).join("")}`;
  const rootHash = unbase64(root);
  verifyCheckpoint({ integratedTime: "0", inclusionProof: { rootHash, checkpoint: { envelope } } },
    [{ baseURL: owner.name, logID: owner.id, publicKey: owner.key,
      validFor: { start: new Date(0), end: new Date(8.64e15) } }]);
  return { note, origin, size: BigInt(size), root: rootHash };
}

/** Throws unless `entry` is leaf `index` of that head's tree, says Sigstore. */
export function checkInclusion(entry, index, head, hashes) {
  verifyMerkleInclusion({ canonicalizedBody: entry, inclusionProof: { logIndex: String(index),
    treeSize: String(head.size), rootHash: head.root, hashes } });
}

/** RFC 9162, section 2.1.4.2: the older tree is the beginning of the newer one. */
export function isExtension(older, newer, proof) {
  if (older.size === 0n || older.size >= newer.size) return false;
  const digests = [...proof];
  let first = older.size - 1n;
  let last = newer.size - 1n;
  for (; first & 1n; first >>= 1n) last >>= 1n;
  let old = first === 0n ? older.root : digests.shift();
  let fresh = old;
  for (const digest of digests) {
    if (last === 0n) return false;
    if ((first & 1n) || first === last) {
      old = sha256(Buffer.from([1]), digest, old);
      fresh = sha256(Buffer.from([1]), digest, fresh);
      for (; !(first & 1n) && first; first >>= 1n) last >>= 1n;
    } else {
      fresh = sha256(Buffer.from([1]), fresh, digest);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n && old?.equals(older.root) && fresh.equals(newer.root);
}
