// SPDX-License-Identifier: Apache-2.0
//
// Opens a sealed entry: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), of which Node's crypto has
// the second half.
import { createDecipheriv, createHash } from "node:crypto";

const rotate = (value, bits) => (value << bits) | (value >>> (32 - bits));

/** HChaCha20, section 2.2 of the draft: the key that the first 16 bytes of a nonce make. */
function hChaCha20(key, nonce) {
  const state = new Int32Array(16);
  state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let i = 0; i < 8; ++i) state[4 + i] = key.readInt32LE(i * 4);
  for (let i = 0; i < 4; ++i) state[12 + i] = nonce.readInt32LE(i * 4);
  const quarter = (a, b, c, d) => {
    for (const [x, y, z, bits] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
      state[x] += state[y];
      state[z] = rotate(state[z] ^ state[x], bits);
    }
  };
  for (let round = 0; round < 10; ++round) {
    for (let i = 0; i < 4; ++i) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; ++i)
      quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const derived = Buffer.alloc(32);
  for (let i = 0; i < 4; ++i) {
    derived.writeInt32LE(state[i], i * 4);
    derived.writeInt32LE(state[12 + i], 16 + i * 4);
  }
  return derived;
}

/** What `sealed` holds, when `key` is the key it was sealed for at this place of this log. */
export function openEntry(sealed, key, origin, index) {
  const commitment = sealed.subarray(0, 32);
  const nonce = sealed.subarray(32, 56);
  const cipher = sealed.subarray(56, -16);
  if (!createHash("sha256").update(key).digest().equals(commitment))
    throw new Error("the key is not the one the entry commits to");
  const place = Buffer.alloc(10);
  place.writeBigUInt64BE(index, 0);
  place.writeUInt16BE(1, 8); // version of the wire
  const inner = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  const decipher = createDecipheriv("chacha20-poly1305", hChaCha20(key, nonce), inner,
    { authTagLength: 16 });
  decipher.setAAD(Buffer.concat([Buffer.from(`${origin}\0`), place, commitment]));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(cipher), decipher.final()]);
  const end = padded.lastIndexOf(0x80);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("padding");
  return padded.subarray(0, end);
}
