// SPDX-License-Identifier: Apache-2.0
//
// Makes the keys of one partner for a demonstration: keys.mjs FOLDER
//
//   helpline.key    whsk_...   the node signs with it     (signingKeyFile)
//   helpline.pub    whpk_...   the receiver checks by it  (--key-file)
//   callback.secret whsec_...  both share it              (callbackSecretFile, --secret-file)
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import nacl from "tweetnacl";

const folder = process.argv[2];
if (!folder) {
  console.error("keys: a folder is missing: keys.mjs FOLDER");
  process.exit(64);
}
mkdirSync(folder, { recursive: true, mode: 0o700 });
// "wx": an existing key is never replaced.
const write = (name, text) => writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600, flag: "wx" });
const seed = randomBytes(32);
const { publicKey } = nacl.sign.keyPair.fromSeed(new Uint8Array(seed));
write("helpline.key", `whsk_${seed.toString("base64")}`);
write("helpline.pub", `whpk_${Buffer.from(publicKey).toString("base64")}`);
write("callback.secret", `whsec_${randomBytes(32).toString("base64")}`);
