// A node on PostgreSQL is backed up while it works, its data folder and its schema are lost, and the backup makes both again;
// its peer gives back what came after. usage: backup.mjs BUILD
import assert from "node:assert/strict";
import { appendFile, rm } from "node:fs/promises";
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";
import { Cluster } from "./cluster.mjs";

const cluster = await Cluster.start();
const nodes = await TwoNodes.make(process.argv[2], (country, toml) => toml,
  (country) => country === "ma" ? ["--store", "postgres", "--store-setting", `connection=${cluster.connection}`, "--store-setting", "schema=ma"] : []);
const key = nodes.file("backup.key");
const folder = nodes.file("backups");
const restore = (file) => nodes.sanad(["--json", "restore", file, "--key", key, nodes.data("ma")]);

try {
  const made = JSON.parse(await nodes.sanad(["--json", "backup", "key", key])).key;
  await appendFile(`${nodes.data("ma")}/node.toml`, `\n[backup]\nkey = "${made}"\nfolder = "${folder}"\nevery_hours = 0\n`);
  await nodes.start("tn");
  await nodes.start("ma");
  const first = await askedReferral(nodes, ["narrative"]);
  await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "backup", "make", "--wait"]);
  const [{ file }] = (await nodes.ask("ma", "backup", "list")).made;
  await nodes.ask("ma", "referral", "withdraw", first, "child_request");
  const events = async (country) => (await nodes.ask(country, "referral", "list"))?.find((line) => line.id === first)?.eventsAsker;
  const said = await events("ma");
  await until("Tunisia has it", 20_000, async () => (await events("tn")) === said);
  await nodes.stop("ma", "SIGKILL");
  await rm(nodes.data("ma"), { recursive: true });

  // Nothing is put over a store that is there; and then nothing is left of the try.
  await assert.rejects(restore(`${folder}/${file}`), (error) => /the store cannot be made/.test(error.stderr));
  await cluster.ask("DROP SCHEMA ma CASCADE");
  assert.ok(JSON.parse(await restore(`${folder}/${file}`)).restored.rows > 50);
  await nodes.start("ma");
  await until("its own past comes back from the peer", 60_000, async () => (await events("ma")) === said);
} finally {
  await nodes.end();
  await cluster.end();
}
