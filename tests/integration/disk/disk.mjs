// What a node does when its own disk has no room, or fails: it tells nobody that anything is stored,
// and its health is red. Morocco has the bad disk; a child writes there, a counsellor adds notes to a
// referral, and Tunisia sends. usage: disk.mjs BUILD map | room | eio SHIM
//   map   the store's map is full: it goes on after a start with a larger one
//   room  the file system is full, a small one of its own (as root; otherwise skipped): it goes on by itself
//   eio   what is written or synced fails, by a library loaded before the node's: red until a restart
import WebSocket from "ws";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { askedReferral, TwoNodes, until } from "../two_nodes.mjs";

const [build, disk, shim] = process.argv.slice(2);
const must = (holds, what) => { if (!holds) throw new Error(what); };

// A mount of our own, that nobody else sees and that ends with us.
if (disk === "room" && !process.env.SANAD_TEST_INSIDE) {
  const inside = (command) => ["-m", "--propagation", "private", ...command];
  if (process.getuid() !== 0 || spawnSync("unshare", inside(["true"])).status !== 0) process.exit(77);
  const ran = spawnSync("unshare", inside([process.execPath, ...process.argv.slice(1)]),
    { stdio: "inherit", env: { ...process.env, SANAD_TEST_INSIDE: "1" } });
  process.exit(ran.status ?? 1);
}

/** A child's page: what was said to each message. */
class Page {
  constructor(port) {
    this.said = new Map();
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    this.socket.on("error", () => {});
    this.socket.on("open", () => this.socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 })));
    this.socket.on("message", (bytes) => {
      const frame = JSON.parse(bytes);
      if (frame.t === "welcome") this.token = frame.token;
      if (frame.cid) this.said.set(frame.cid, [...this.said.get(frame.cid) ?? [], frame.t]);
    });
  }
  async write(cid, text) {
    await until("a welcome", 20_000, () => this.token);
    this.socket.send(JSON.stringify({ t: "msg", cid, text, lang: "ar" }));
  }
  has(cid, what) { return (this.said.get(cid) ?? []).includes(what); }
  close() { this.socket.close(); }
}

const nodes = await TwoNodes.make(build, (country, toml) =>
  country === "ma" && disk === "map" ? toml.replace('path = "{data}/store"\n', '$&mapSizeMiB = 16\n') : toml);
const ma = { store: path.join(nodes.data("ma"), "store"), flag: nodes.file("fails"), filler: "" };
let mounted = false;
try {
  if (disk === "room") {
    await cp(ma.store, nodes.file("copy"), { recursive: true });
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "none", ma.store]);
    if (mount.status !== 0) process.exitCode = 77;
    mounted = mount.status === 0;
    if (mounted) await cp(nodes.file("copy"), ma.store, { recursive: true });
    ma.filler = path.join(ma.store, "filler");
  }
  if (disk !== "room" || mounted) await test();
} finally {
  await nodes.stop("ma", "SIGKILL");
  if (mounted) spawnSync("umount", ["-l", ma.store]);
  await nodes.end();
}

async function test() {
  await nodes.start("tn");
  await nodes.start("ma", disk === "eio"
    ? { LD_PRELOAD: shim, FAILING_DISK_FILE: path.join(ma.store, "data.mdb"), FAILING_DISK_FLAG: ma.flag } : {});
  const referral = await askedReferral(nodes, ["narrative", "attachments"]);
  const status = async () => nodes.ask("ma", "status");
  const count = (counters, name) => Number(counters?.find((one) => one.name === name)?.count ?? 0);
  const isRed = (now) => now.healthy !== true;
  must(!isRed(await status()), "it is healthy at first");

  // What the counsellor was told is done, and what she was told is not.
  const told = [], refused = [];
  const note = async (length) => {
    const text = `note ${told.length + refused.length} ${"a line of an invented story. ".repeat(1000)}`.slice(0, length);
    const error = await nodes.ask("ma", "referral", "status", "note", referral, text).then(() => null, (one) => one);
    (error ? refused : told).push(text);
    return error ? JSON.parse(error.stdout).error.code : "";
  };
  must(await note(100) === "", "a note is taken while the disk is good");
  await until("the first note in Tunisia", 20_000, async () => (await lanes("ma")).receivedAll);

  const fault = disk === "eio" ? "io" : "exhausted";
  if (disk === "eio") {
    await writeFile(ma.flag, "");
    { const code = await note(100); must(code === "io", `a note is refused by name when the disk fails: ${code}`); }
  } else {
    if (disk === "room") fill(ma.filler);
    else await fillMap(referral);
    // Large ones and then small ones, until nothing finds room. What tries by itself may find some.
    for (const length of [15_000, 15_000, 1_500, 100, 100])
      await until(`a note of ${length} bytes is refused`, 120_000, async () => (await note(length)) === fault);
  }
  const now = await status();
  must(isRed(now) && now.fault === fault, `health is red: ${now.healthy} ${now.fault}`);
  const words = await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "status"]);
  must(/^!! the (store is full|disk failed), so nothing is taken in/m.test(words) && words.includes("RED"),
    `the status says what is wrong:\n${words}`);

  // Nothing is acknowledged: to the child, to the counsellor, to the peer.
  const page = new Page(nodes.chatPort.ma);
  // A full map has room again for a moment when an old view of it ends: then the tick is earned.
  let cid;
  for (let i = 10; cid === undefined || page.has(cid, "ack"); ++i) {
    cid = `BBBBBBBBBBBBBB${i}`;
    must(i < 30, "a full store goes on taking what the child writes");
    await page.write(cid, "سلام ".repeat(700));
    await until("an answer to the child", 20_000, () => page.has(cid, "later") || page.has(cid, "ack"));
  }
  must(page.has(cid, "later"), "the child is asked to try later, and got no tick");
  const before = await lanes("tn");
  const dropped = async () => {
    const { counters } = await status();
    return count(counters, "link.drop.not_stored") + count(counters, "link.drop.busy");
  };
  const drops = await dropped();
  for (let i = 0; i < 4; ++i)
    await nodes.ask("tn", "referral", "status", "note", referral, `from Tunisia ${i} ${"a line. ".repeat(1800)}`);
  await until("Morocco could not store what Tunisia sent", 60_000, async () => (await dropped()) > drops);
  // The list is what the transport said last.
  const meanwhile = await until("the list of what Tunisia sent", 20_000, async () => {
    const now = await lanes("tn");
    return now.sent >= before.sent + 4 && now;
  });
  must(meanwhile.receipted < meanwhile.sent || disk === "map", "Tunisia got no receipt for it");  // a map may have had room since

  // After it.
  if (disk === "room") {
    await rm(ma.filler);
    await until("health is good by itself", 60_000, async () => !isRed(await status()));
  } else {
    if (disk === "eio") {
      await rm(ma.flag);
      must(await note(100) !== "" && isRed(await status()), "it is red until it is started again");
    }
    await nodes.stop("ma");
    const file = path.join(nodes.data("ma"), "node.toml");
    await writeFile(file, (await readFile(file, "utf8")).replace("mapSizeMiB = 16\n", "mapSizeMiB = 64\n"));
    await nodes.start("ma");
  }
  must(!isRed(await status()), "it is healthy again");
  must(await note(100) === "", "a note is taken again");
  const again = new Page(nodes.chatPort.ma);
  await again.write("CCCCCCCCCCCCCCCC", "سلام");
  await until("the child's tick", 20_000, () => again.has("CCCCCCCCCCCCCCCC", "ack"));
  await until("receipts for all at both", 60_000, async () =>
    (await lanes("tn")).receivedAll && (await lanes("ma")).receivedAll);
  for (const country of ["ma", "tn"]) {
    const notes = (await nodes.ask(country, "referral", "show", referral)).timeline
      .filter((line) => line.what === "note").map((line) => line.text);
    for (const text of told) must(notes.filter((one) => one === text).length === 1, `told, and not there once: ${text.slice(0, 20)}`);
    // A commit that failed may be on the disk all the same; twice it may not be there.
    for (const text of refused) must(notes.filter((one) => one === text).length <= (disk === "eio" ? 1 : 0), `refused, and there: ${text.slice(0, 20)}`);
    must(notes.filter((one) => one.startsWith("from Tunisia")).length === 4, "what Tunisia sent is there, once each");
    await nodes.ask(country, "audit", "verify");
  }
  page.close();
  again.close();
  console.log(JSON.stringify({ disk, told: told.length, refused: refused.length }));
}

/** Files of text, smaller and smaller ones, each size until one is refused: what is left is soon full. */
async function fillMap(referral) {
  let files = 0;
  for (const lines of [90_000, 6_000, 1_200, 250])
    for (let refused = false; !refused; ++files) {
      await writeFile(nodes.file(`${files}.txt`), `file ${files}, a line of an invented story.\n`.repeat(lines));
      refused = await nodes.ask("ma", "attachment", "add", referral, nodes.file(`${files}.txt`)).then(() => false, () => true);
      must(files < 300, "the map is never full");
    }
}

/** What a node says in its link, both lanes together. */
async function lanes(country) {
  const [link] = await nodes.ask(country, "link", "list");
  const sum = (name) => link.lanes.reduce((all, lane) => all + Number(lane[name] ?? 0), 0);
  const sent = sum("sent"), receipted = sum("receipted");
  return { sent, receipted, receivedAll: sent > 0 && sent === receipted };
}

/** Writes until the file system has no byte left. */
function fill(file) {
  const open = openSync(file, "w");
  for (const size of [1 << 20, 4096, 1]) {
    try { for (;;) writeSync(open, Buffer.alloc(size, 1)); } catch (error) { must(error.code === "ENOSPC", error.code); }
  }
  closeSync(open);
}
