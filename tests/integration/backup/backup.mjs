// A node that works is backed up; its machine is lost; the backup alone, with the key that lay elsewhere, makes it again,
// and its peer gives it back what came after. Then backups that must not be taken for one.
// usage: backup.mjs BUILD
import assert from "node:assert/strict";
import { appendFile, copyFile, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";

const nodes = await TwoNodes.make(process.argv[2]);
const folder = nodes.file("backups");
const key = nodes.file("backup.key");
const backups = async () => (await nodes.ask("ma", "backup", "list")).made ?? [];
const refused = (promise, words) => assert.rejects(promise, (error) => words.test(String(error.stderr ?? error)));
const restore = (file, to, ...more) => nodes.sanad(["--json", "restore", file, "--key", key, to, ...more]);

try {
  // Without a key there is none, and the refusal says how to have one.
  await nodes.start("tn");
  await nodes.start("ma");
  await refused(nodes.ask("ma", "backup", "make"), /no key to seal backups to.*sanad backup key FILE/);
  await nodes.stop("ma");

  const made = JSON.parse(await nodes.sanad(["--json", "backup", "key", key])).key;
  assert.equal((await stat(key)).mode & 0o777, 0o600);
  await appendFile(`${nodes.data("ma")}/node.toml`, `\n[backup]\nkey = "${made}"\nfolder = "${folder}"\nevery_hours = 0\nkeep = 2\n`);
  await nodes.start("ma");
  await until("the link", 20_000, async () => (await nodes.ask("ma", "link", "list"))[0]?.up);
  const first = await askedReferral(nodes, ["narrative"]);
  await until("it is receipted", 20_000, async () => (await nodes.ask("ma", "referral", "list")).some((one) => one.id === first));
  await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "backup", "make", "--wait"]);
  const [one] = await backups();
  const file = `${folder}/${one.file}`;
  assert.equal((await stat(file)).size, Number(one.bytes));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await nodes.sanad(["backup", "check", file, "--key", key]), /whole and sound\nnode ma\.cmrpi\nmade .*\nstore lmdb/);
  // What the backup holds is nowhere in it to be read.
  const bytes = await readFile(file);
  for (const word of ["ma.cmrpi", "data.mdb", "sanad-keys", "narrative"]) assert.equal(bytes.includes(word), false, word);

  // After it something is said to the peer, and then the machine is lost.
  await nodes.ask("ma", "referral", "withdraw", first, "child_request");
  const events = async (country) => (await nodes.ask(country, "referral", "list")).find((line) => line.id === first)?.eventsAsker;
  const said = await events("ma");
  await until("Tunisia has it", 20_000, async () => (await events("tn")) === said);
  await nodes.stop("ma", "SIGKILL");
  await rename(nodes.data("ma"), nodes.file("lost"));

  const report = JSON.parse(await restore(file, nodes.data("ma"))).restored;
  assert.equal(report.vaultKey, true);
  assert.ok(report.rows > 50);
  assert.ok(!(await readdir(nodes.data("ma"))).some((name) => name.startsWith("restored")));
  await nodes.start("ma");
  await until("its own past comes back from the peer", 60_000, async () => (await events("ma")) === said);
  assert.equal((await nodes.ask("ma", "audit", "verify")).badWhat, undefined);

  // Only so many files stay, and the newest ones.
  for (let more = 0; more < 3; ++more) {
    const before = (await backups())[0].file;
    await until("a second has gone by", 5_000, async () => new Date().toISOString().replace(/[-:]|\..*/g, "") + "Z" !== before.match(/\d{8}T\d{6}Z/)[0]);
    await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "backup", "make", "--wait"]);
  }
  assert.equal((await backups()).length, 2);
  assert.equal((await readdir(folder)).length, 2);
  const newest = `${folder}/${(await backups())[0].file}`;
  await nodes.stop("ma");

  // What must not be taken for a backup, and leaves nothing behind.
  const there = nodes.file("elsewhere");
  const bad = nodes.file("bad.backup");
  const other = nodes.file("other.key");
  await nodes.sanad(["backup", "key", other]);
  await refused(nodes.sanad(["restore", newest, "--key", other, there]), /another key/);
  const size = (await stat(newest)).size;
  for (const [what, spoil, words] of [
    ["cut in a chunk", async (handle) => handle.truncate(size - 10), /ends too early/],
    ["cut between chunks", async (handle) => handle.truncate(16 + 104 + 65_536 + 17), /ends too early/],
    ["with a changed byte", async (handle) => handle.write(Buffer.from([1]), 0, 1, 100_000), /damaged/],
    ["with something behind it", async (handle) => handle.write(Buffer.from("more"), 0, 4, size), /(damaged|behind its end|ends too early)/],
    ["of another form", async (handle) => handle.write(Buffer.from("S"), 0, 1, 0), /no backup of Sanad/],
  ]) {
    await copyFile(newest, bad);
    const handle = await open(bad, "r+");
    await spoil(handle);
    await handle.close();
    await refused(restore(bad, there), words);
    await assert.rejects(stat(there), what);
    await assert.rejects(stat(`${there}.restoring`), what);
  }
  await writeFile(nodes.file("not.key"), "no key\n", { mode: 0o600 });
  await refused(nodes.sanad(["restore", newest, "--key", nodes.file("not.key"), there]), /no key of a backup/);
  await refused(restore(newest, nodes.data("ma")), /holds something/);

  // A newer list of what was erased comes with it.
  const list = nodes.file("erased.list");
  await writeFile(list, `sanad-erased/v1\n${"ab".repeat(32)}\n`, { mode: 0o600 });
  await restore(newest, there, "--erased", list);
  assert.match(await readFile(`${there}/erased.list`, "utf8"), /(ab){32}/);
  await rm(there, { recursive: true });
} finally {
  await nodes.end();
}
