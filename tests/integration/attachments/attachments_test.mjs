// Files beside a referral, between two real nodes: a text arrives to the byte; a film is refused at
// the door, and no 16 bytes of it are anywhere on a disk afterwards. usage: BUILD
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";

/** Every file of both nodes, as one buffer each. */
async function everything(folder) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(files.filter((file) => file.isFile())
    .map((file) => readFile(path.join(file.parentPath ?? file.path, file.name))));
}

const nodes = await TwoNodes.make(process.argv[2]);
try {
  await nodes.start("tn");
  await nodes.start("ma");
  const referral = await askedReferral(nodes, ["narrative", "attachments"]);

  const text = Array.from({ length: 30_000 }, (_, line) => `السطر ${line}: ${randomBytes(4).toString("hex")}`).join("\n");
  await writeFile(nodes.file("letter.txt"), text);
  const sent = await nodes.ask("ma", "attachment", "add", referral, nodes.file("letter.txt"));
  const held = await until("the file in Tunisia", 20_000, async () =>
    (await nodes.ask("tn", "attachment", "list", referral)).find((one) => one.state === "complete"));
  if (held.id !== sent.id || held.name !== "letter.txt") throw new Error(`another file: ${JSON.stringify(held)}`);
  await nodes.ask("tn", "attachment", "get", referral, held.id, nodes.file("arrived.txt"));
  if (await readFile(nodes.file("arrived.txt"), "utf8") !== text) throw new Error("the file is not what was sent");

  // 1 MiB that calls itself a film, whatever its name says.
  const film = Buffer.concat([Buffer.from("\0\0\0\x18ftypisom", "latin1"), randomBytes(1 << 20)]);
  await writeFile(path.join(nodes.folder, "..", path.basename(nodes.folder) + ".txt"), film);
  const outside = path.join(nodes.folder, "..", path.basename(nodes.folder) + ".txt");
  const refused = await nodes.ask("ma", "attachment", "add", referral, outside, "--name", "letter.txt").then(
    () => { throw new Error("a film was taken"); }, (error) => error);
  await import("node:fs/promises").then(({ rm }) => rm(outside));
  if (!/video/.test(refused.stderr)) throw new Error(`refused without saying what it is: ${refused.stderr}`);
  const stub = (await nodes.ask("ma", "attachment", "list", referral)).find((one) => one.state === "refused");
  if (stub?.refused !== "video" || stub.bytes !== film.length) throw new Error(`no stub: ${JSON.stringify(stub)}`);
  for (const country of ["ma", "tn"]) await nodes.stop(country);
  const pieces = new Set();
  for (let at = 12; at + 16 <= film.length; at += 4096) pieces.add(film.subarray(at, at + 16));
  for (const file of await everything(nodes.folder))
    for (const piece of pieces) if (file.includes(piece)) throw new Error("a piece of the film is on the disk");
  console.log(JSON.stringify({ text_bytes: Buffer.byteLength(text), chunks: held.chunks, film_pieces_searched: pieces.size, found: 0 }));
} finally {
  await nodes.end();
}
