// Morocco keeps its store in PostgreSQL, Tunisia in LMDB. A child writes, a referral crosses, the server is killed and
// started again while children write: what was acknowledged is there exactly once, and the node never had to start again.
// usage: story.mjs BUILD
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";
import { Cluster } from "./cluster.mjs";
import { keptOf, write } from "./child.mjs";
import { must, same } from "./pair.mjs";

const cluster = await Cluster.start();
const nodes = await TwoNodes.make(process.argv[2],
  (country, toml) => toml.replace("[plugin.config]\n", "[plugin.config]\nbehindProxy = true\nconversationsPerHour = 0\n"),
  (country) => country === "ma" ? ["--store", "postgres", "--store-setting", `connection=${cluster.connection}`, "--store-setting", "schema=ma"] : []);

try {
  const doctor = JSON.parse(await nodes.sanad(["--data", nodes.data("ma"), "--json", "doctor"]));
  same(doctor.findings.find(({ subject }) => subject === "store").text, "opens, and is this node's own", "doctor");
  await nodes.start("tn");
  await nodes.start("ma");
  const referral = await askedReferral(nodes, ["narrative"]);
  await until("the referral in Tunisia", 30_000, async () => (await nodes.ask("tn", "referral", "list"))?.some(({ id }) => id === referral));
  await nodes.ask("tn", "referral", "accept", referral);
  await until("the answer in Morocco", 30_000, async () => (await nodes.ask("ma", "referral", "show", referral)).state === "accepted");

  // The server dies twice while a child writes. Morocco's node stays, and waits for it.
  let deaths = Promise.resolve();
  const told = await write(nodes.chatPort.ma, 24, (ticks) => {
    if (ticks === 8 || ticks === 16) deaths = deaths.then(() => cluster.tell("kill")).then(() => cluster.tell("start"));
  });
  await deaths;
  same(await keptOf(nodes, "ma", told), told, "the child's messages");
  must((await nodes.ask("ma", "status")).healthy, "the node is healthy");

  // The node dies: it finds everything at the server, and refuses to be two.
  const before = JSON.stringify(await nodes.ask("ma", "referral", "show", referral));
  await nodes.stop("ma", "SIGKILL");
  await nodes.start("ma");
  same(JSON.stringify(await nodes.ask("ma", "referral", "show", referral)), before, "the referral after a restart");
  await nodes.ask("ma", "referral", "status", "note", referral, "the store is PostgreSQL");
  await until("the note in Tunisia", 30_000, async () =>
    (await nodes.ask("tn", "referral", "show", referral)).timeline.some(({ text }) => text === "the store is PostgreSQL"));
  await nodes.ask("ma", "erasure", "compact");
  await nodes.ask("ma", "audit", "verify");
  console.log(`${told.length} messages and a referral through two deaths of the server and one of the node`);
} finally {
  await nodes.end();
  await cluster.end();
}
