// PostgreSQL's own replication: each commit waits until a replica has it, too. The primary dies while a child writes, the
// replica is promoted, and the node, which never stopped, goes on there: everything that got its tick is there exactly once,
// and so is the referral. usage: replica.mjs BUILD
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";
import { keptOf, write } from "./child.mjs";
import { Cluster } from "./cluster.mjs";
import { must, same } from "./pair.mjs";

const cluster = await Cluster.start();
await cluster.tell("replicate");
const nodes = await TwoNodes.make(process.argv[2],
  (country, toml) => toml.replace("[plugin.config]\n", "[plugin.config]\nbehindProxy = true\nconversationsPerHour = 0\n"),
  (country) => country === "ma" ? ["--store", "postgres", "--store-setting", `connection=${cluster.both}`] : []);

try {
  await nodes.start("tn");
  await nodes.start("ma");
  const referral = await askedReferral(nodes, ["narrative"]);
  await until("the referral in Tunisia", 30_000, async () => (await nodes.ask("tn", "referral", "list"))?.some(({ id }) => id === referral));

  let promoted = Promise.resolve(), is_promoted = false, ticks_there = 0;
  const told = await write(nodes.chatPort.ma, 20, (ticks) => {
    if (ticks === 8) promoted = cluster.tell("kill").then(() => cluster.tell("promote")).then(() => { is_promoted = true; });
    if (is_promoted) ++ticks_there;
  });
  await promoted;
  must(ticks_there > 0, "messages went on to the replica");
  same(nodes.running.get("ma").said, "ready\n", "the node did not start again");
  must(nodes.running.get("ma").exitCode === null, "and did not end");
  same(await keptOf(nodes, "ma", told), told, "the child's messages");
  await nodes.ask("tn", "referral", "accept", referral);
  await until("the answer in Morocco", 30_000, async () => (await nodes.ask("ma", "referral", "show", referral)).state === "accepted");
  await until("all receipts", 30_000, async () => {
    const [link] = await nodes.ask("ma", "link", "list");
    return link.frozen === "" && link.lanes.every(({ sent, receipted }) => sent === receipted);
  });
  must((await nodes.ask("ma", "status")).healthy, "the node is healthy");
  await nodes.ask("ma", "audit", "verify");

  // What a start finds there is the same.
  await nodes.stop("ma");
  await nodes.start("ma");
  same(await keptOf(nodes, "ma", told), told, "the child's messages after a start");
  console.log(`${told.length} messages, ${ticks_there} of them kept by the promoted replica alone`);
} finally {
  await nodes.end();
  await cluster.end();
}
