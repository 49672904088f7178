// Two real nodes with a store on disk: an old copy of the store is put back and the node gets its
// own past from its peer; a referral travels in a file; a link is frozen and goes on.
// usage: restore.mjs BUILD
import WebSocket from "ws";
import { cp, rm } from "node:fs/promises";
import { TwoNodes, until } from "../two_nodes.mjs";

const nodes = await TwoNodes.make(process.argv[2], (country, toml) =>
  `${toml}\n[[staff]]\nname = "youssef"\nroles = ["admin"]\n`);
const must = (holds, what) => { if (!holds) throw new Error(what); };

/** One child writes once; the contact becomes a case. */
async function openCase() {
  const port = nodes.chatPort.ma;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
  await new Promise((acked, fail) => {
    socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 })));
    socket.on("error", fail);
    socket.on("message", (bytes) => {
      const frame = JSON.parse(bytes);
      if (frame.t === "welcome") socket.send(JSON.stringify({ t: "msg", cid: "aaaaaaaaaaaaaaaa", text: "سلام", lang: "ar" }));
      if (frame.t === "ack") acked();
    });
  });
  socket.close();
  const [contact] = await nodes.ask("ma", "contact", "list");
  await nodes.ask("ma", "contact", "open", contact.id);
  return nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
}

const refer = async (file, text) =>
  (await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--narrative", text, "--redacted")).id;
const states = async (country) => {
  const all = (await nodes.ask(country, "referral", "list")) ?? [];
  return JSON.stringify(all.map(({ id, state, eventsAsker, eventsAsked }) => [id, state, eventsAsker, eventsAsked]).sort());
};
const agree = (count) => until(`${count} referrals, the same at both`, 60_000, async () => {
  const [ma, tn] = [await states("ma"), await states("tn")];
  return ma === tn && JSON.parse(ma).length === count;
});
const store = () => `${nodes.data("ma")}/store`;
const copy = async (from, to) => {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
};

let tunisia;
try {
  await nodes.start("tn");
  await nodes.start("ma");
  const file = await openCase();
  tunisia = (await until("a link", 20_000, async () => (await nodes.ask("ma", "link", "list")) ?? null))[0].peer;
  const morocco = (await nodes.ask("tn", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", "--item", "narrative", "--recipient", tunisia,
    "--words", "نشارك هذا مع تونس", "--language", "ar");
  const first = await refer(file, "an invented story");
  await agree(1);

  // The copy, and what happens after it.
  await nodes.stop("ma");
  await copy(store(), nodes.file("backup"));
  await nodes.start("ma");
  const second = await refer(file, "another invented story");
  await agree(2);
  await nodes.ask("tn", "referral", "accept", first);
  await nodes.ask("tn", "referral", "accept", second);
  await agree(2);
  const before = await states("ma");

  // The copy is put back; what is written before the peer is there goes behind what comes back.
  await nodes.stop("ma");
  await nodes.stop("tn");
  await copy(nodes.file("backup"), store());
  await nodes.start("ma");
  must(JSON.parse(await states("ma")).length === 1, "the copy knows of one referral");
  const third = await refer(file, "a story written after the restore");
  await nodes.start("tn");
  await agree(3);
  const after = JSON.parse(await states("ma"));
  for (const one of JSON.parse(before)) must(after.some((other) => JSON.stringify(other) === JSON.stringify(one)), `${one} is as it was`);
  must(after.some(([id]) => id === third), "what was written after the restore is there");
  const feed = await nodes.ask("ma", "feed");
  must(feed.some(({ name }) => name === "link.recovered"), "the recovery was told");
  await until("receipts for all", 20_000, async () => {
    const [link] = await nodes.ask("ma", "link", "list");
    return link.frozen === "" && link.lanes.every(({ sent, receipted }) => sent === receipted);
  });

  // A file instead of a network.
  await nodes.stop("tn");
  await nodes.stop("ma");
  await nodes.start("ma");
  const fourth = await refer(file, "a story that travels in a file");
  const refused = await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "link", "export", "--peer", tunisia, "--out", nodes.file("early")])
    .then(() => "", (error) => error.stderr);
  must(refused.includes("--unheard"), `an export before anything was heard is refused: ${refused}`);
  await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "link", "export", "--peer", tunisia, "--unheard", "--out", nodes.file("out")]);
  await nodes.stop("ma");
  await nodes.start("tn");
  const taken = JSON.parse(await nodes.sanad(["--data", nodes.data("tn"), "--as", "amina", "--json", "link", "import", nodes.file("out")]));
  must(Number(taken.entries) >= 1, "the file brought what was new");
  must((await states("tn")).includes(fourth), "the referral came in the file");
  await nodes.stop("tn");
  await nodes.start("ma");
  await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "link", "import", nodes.file("out.receipt")]);
  await until("the receipt that came back in a file", 5_000, async () => {
    const [link] = await nodes.ask("ma", "link", "list");
    return !link.up && link.lanes.every(({ sent, receipted }) => sent === receipted);
  });
  await nodes.start("tn");
  await agree(4);

  // A frozen link.
  await nodes.ask("tn", "link", "freeze", morocco, "--reason", "their machine was stolen");
  must((await nodes.ask("tn", "link", "show", morocco)).frozen === "by_administrator", "it is frozen");
  await nodes.sanad(["--data", nodes.data("tn"), "--as", "amina", "link", "show", morocco, "--evidence", nodes.file("evidence.txt")]);
  await nodes.ask("tn", "link", "resume", morocco, "--reason", "a drill");
  await nodes.sanad(["--data", nodes.data("tn"), "--as", "youssef", "link", "resume", morocco, "--reason", "a drill"]);
  await refer(file, "a story after the frost");
  await agree(5);
  console.log("restored, carried, frozen and resumed");
} finally {
  await nodes.end();
}
