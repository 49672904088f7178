// Another version of a plugin for tests: texts of its manifest are put in the place of others of the same length.
import { readFile, rename, writeFile } from "node:fs/promises";

/** Writes `target` as a new file under its name, never into the old one. texts: [[from, to], ...] */
export async function otherVersion(source, target, texts) {
  const bytes = await readFile(source);
  for (const [from, to] of texts) {
    if (Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error(`${from} and ${to} differ in length`);
    let at = bytes.indexOf(from);
    if (at < 0) throw new Error(`${source} has no ${from}`);
    for (; at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  }
  await writeFile(`${target}.new`, bytes);
  await rename(`${target}.new`, target);
  return target;
}
