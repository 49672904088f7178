// `sanad store copy` and `sanad store check` on a real node: the backup of a node that works goes from LMDB to PostgreSQL and
// back, and that of a node on PostgreSQL to LMDB and back, each with the same digest at every step; the node itself moves to
// PostgreSQL, goes on there, and moves back with what came meanwhile. usage: copy.mjs BUILD
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";
import { Cluster } from "./cluster.mjs";
import { must, same } from "./pair.mjs";

const run = promisify(execFile);
const cluster = await Cluster.start();
const nodes = await TwoNodes.make(process.argv[2]);
const data = nodes.data("ma");
const file = (name) => `${data}/${name}.toml`;
const store = async (...args) => JSON.parse(await nodes.sanad(["--json", "store", ...args])).store;
const refused = (...args) => nodes.sanad(["--data", data, "store", ...args]).then(() => "done", (error) => `${error.code} ${error.stderr}`);
const states = async () => JSON.stringify(await nodes.ask("ma", "referral", "list"));

/** node.toml of the same node with its store elsewhere. */
async function configure(name, plugin, settings) {
  const toml = (await readFile(file("node"), "utf8")).replace(/\[store\][^]*?\n\n/, `[store]\nplugin = "${plugin}"\n[store.config]\n${settings}\n\n`);
  must(toml.includes(settings), "the store is another");
  await writeFile(file(name), toml, { mode: 0o600 });
  return file(name);
}
const inLmdb = (name) => configure(name, "lmdb", `path = "{data}/${name}"`);
const inPostgres = (name, database = "sanad") => configure(name, "postgres",
  `connection = "${cluster.connection.replace("dbname=sanad", `dbname=${database}`)}"\nschema = "${name}"`);

/** Copies from one to the next; every one of them holds the same. */
async function copyAlong(what, ...files) {
  const held = await store("check", files[0]);
  must(held.rows > 50, `${what}: it has rows`);
  for (let i = 1; i < files.length; ++i) {
    const copied = await store("copy", files[i - 1], files[i]);
    same([copied.digest, copied.rows, copied.bytes], [held.digest, held.rows, held.bytes], `${what}, copy ${i}`);
    same((await store("check", files[i])).digest, held.digest, `${what}, copy ${i} read again`);
  }
  return held;
}

/** The node works while `take` takes its backup. */
async function whileItWorks(contact, take) {
  let stops = false, replies = 0;
  const working = (async () => { for (; !stops; ++replies) await nodes.ask("ma", "contact", "reply", contact, `an answer ${replies}`); })();
  await until("it works", 20_000, () => replies > 3);
  await take();
  const before = replies;
  await until("it goes on", 20_000, () => replies > before);
  stops = true;
  await working;
}

try {
  await nodes.start("tn");
  await nodes.start("ma");
  const referral = await askedReferral(nodes, ["narrative"]);
  await until("the referral in Tunisia", 30_000, async () => (await nodes.ask("tn", "referral", "list"))?.some(({ id }) => id === referral));
  const [contact] = await nodes.ask("ma", "contact", "list");

  // A backup as a file system's snapshot gives it: of one moment of a running node.
  await whileItWorks(contact.id, async () => {
    const { pid } = nodes.running.get("ma");
    process.kill(pid, "SIGSTOP");
    await mkdir(`${data}/snapshot`, { mode: 0o700 });
    await cp(`${data}/store/data.mdb`, `${data}/snapshot/data.mdb`);
    process.kill(pid, "SIGCONT");
  });
  const there = await copyAlong("a backup of LMDB", await inLmdb("snapshot"), await inPostgres("first"), await inLmdb("back"), await inPostgres("second"));
  await inPostgres("postgres");
  must(/^1 .*node\.toml: .*stop the node/s.test(await refused("check")), "a running node keeps its store");
  must(/^1 .*node\.toml: .*stop the node/s.test(await refused("copy", file("node"), file("postgres"))), "also from a copy");
  await nodes.stop("ma");

  // The node itself, with its progress on the way.
  const before = await store("check", file("node"));
  must(before.rows > there.rows, "it has grown since its backup");
  const { stdout, stderr } = await run(`${nodes.build}/nodes/cli/sanad`, ["store", "copy", file("node"), file("postgres")]);
  same(stderr.trim().split("\n"), ["sanad: reading", `sanad: copying row 0 of ${before.rows}`, `sanad: comparing row 0 of ${before.rows}`], "progress");
  must(stdout.includes(before.digest) && stdout.includes("read again: the same"), `the copy is the same: ${stdout}`);
  must(/postgres\.exists.*nothing is copied over a store/.test(await refused("copy", file("node"), file("postgres"))), "nothing is copied over a store");
  await rename(file("node"), file("lmdb"));
  await rename(file("postgres"), file("node"));
  await rename(`${data}/store`, `${data}/former`);
  await nodes.start("ma");
  await nodes.ask("tn", "referral", "accept", referral);
  await until("the answer in Morocco", 30_000, async () => (await nodes.ask("ma", "referral", "show", referral)).state === "accepted");

  // A backup of a running node on PostgreSQL, by PostgreSQL's own program.
  await whileItWorks(contact.id, async () => {
    const at = (connection, program, ...words) => run(`${cluster.bin}/${program}`, ["-d", connection, ...words]);
    await at(cluster.connection, "pg_dump", "--schema", "postgres", "--file", nodes.file("dump.sql"));
    await at(cluster.admin, "psql", "-q", "-c", "CREATE DATABASE restored OWNER sanad");
    await at(cluster.connection.replace("dbname=sanad", "dbname=restored"), "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", nodes.file("dump.sql"));
  });
  await copyAlong("a backup of PostgreSQL", await inPostgres("postgres", "restored"), await inLmdb("third"), await inPostgres("fourth"));
  await until("all receipts", 30_000, async () =>
    (await nodes.ask("ma", "link", "list"))[0].lanes.every(({ sent, receipted }) => sent === receipted));
  const last = await states();
  await nodes.stop("ma");

  // And back: what came meanwhile comes along.
  const grown = await copyAlong("the way back", file("node"), file("lmdb"));
  must(grown.rows > before.rows, "it has grown");
  await rename(file("lmdb"), file("node"));
  await nodes.start("ma");
  same(await states(), last, "nothing is lost on the way");
  await nodes.ask("ma", "audit", "verify");
  must((await nodes.ask("ma", "link", "list"))[0].frozen === "", "the link is whole");
  await nodes.stop("ma");

  // Each fault says which file, what is wrong, and how to mend it.
  await writeFile(file("other"), (await readFile(file("node"), "utf8")).replace(/^id = .*/m, 'id = "ma.other"'), { mode: 0o600 });
  must(/other\.toml: is another node's: .*change only \[store\]/.test(await refused("copy", file("node"), file("other"))), "a store stays with its node");
  await inLmdb("nowhere");
  must(/^1 .*nowhere\.toml: .*no_store.*: there is no store: correct \[store\.config\]/.test(await refused("check", file("nowhere"))), "no store");
  await cluster.tell("stop");
  must(/^1 .*second\.toml: .*postgres\.unreachable.*its server runs/.test(await refused("check", file("second"))), "no server");
  await writeFile(`${data}/snapshot/data.mdb`, (await readFile(`${data}/snapshot/data.mdb`)).fill(255, 2 * 4096));
  must(/^1 .*snapshot\.toml: .*damaged.*restore the newest backup/s.test(await refused("check", file("snapshot"))), "a damaged file");
  console.log(`${before.rows} rows to PostgreSQL, ${grown.rows} back: digest ${grown.digest}`);
} finally {
  await nodes.end();
  await cluster.end();
}
