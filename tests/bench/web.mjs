// What the pages cost whoever opens them; prints one JSON line: node web.mjs BUILD
//
// Two real helplines with their desks. Sizes: everything that a page loads, gzipped, as it is served. `from_page_to_desk`:
// from the moment a child's page sends until the desk's feed tells of it, while 500 children write once a second, each
// message durable first; beside it `fdatasync_ms`, this machine's own limit in the same run. `frames`: the longest stretch between two
// drawn frames of the desk while all of that comes in. `case_of_500`: from the click until the last message stands there.
import { mkdtemp, open, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import WebSocket from "ws";
import { Seat, setDesks } from "../browser/desk_stage.mjs";
import { until } from "../integration/two_nodes.mjs";

const [build] = process.argv.slice(2);
const children = 500, seconds = 15; // each writes once a second: the chat page lets nobody write faster for long
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const fetched = (port, file) => new Promise((done, fail) =>
  get({ port, path: file, headers: { "accept-encoding": "gzip" } }, (reply) => {
    const parts = [];
    reply.on("data", (part) => parts.push(part)).on("end", () => {
      const bytes = Buffer.concat(parts);
      const zipped = reply.headers["content-encoding"] === "gzip";
      done({ text: (zipped ? gunzipSync(bytes) : bytes).toString(), bytes: zipped ? bytes.length : gzipSync(bytes, { level: 9 }).length });
    });
  }).on("error", fail));

async function sizes(port) {
  const page = await fetched(port, "/");
  const files = [...page.text.matchAll(/(?:src|href)="\.?(\/[^"]+\.(?:js|css|svg))"/g)].map((match) => match[1]);
  const rest = await Promise.all([...new Set(files)].map((file) => fetched(port, file)));
  return page.bytes + rest.reduce((sum, one) => sum + one.bytes, 0);
}

async function fdatasync() {
  const folder = await mkdtemp(path.join(tmpdir(), "sanad-sync-"));
  const file = await open(path.join(folder, "file"), "w");
  const took = [];
  for (let i = 0; i < 200; ++i) {
    const begun = performance.now();
    await file.write("x".repeat(1024));
    await file.datasync();
    took.push(performance.now() - begun);
  }
  await file.close();
  await rm(folder, { recursive: true });
  return at(took, 0.5);
}

class Child {
  static async arrive(port) {
    const child = new Child();
    child.number = 0;
    child.waits = new Map();
    child.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    await new Promise((done, fail) => { child.socket.once("open", done); child.socket.once("error", fail); });
    child.socket.on("message", (bytes) => {
      const frame = JSON.parse(bytes);
      if (frame.t === "later") child.limited = true;
      if (frame.t === "ack") child.waits.get(frame.cid)?.(frame.seq);
    });
    const welcomed = new Promise((done) => child.socket.on("message", (bytes) => JSON.parse(bytes).t === "welcome" && done()));
    child.socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 }));
    await welcomed;
    return child;
  }
  say(text) {
    const cid = `${process.pid}-${this.number++}-${Math.random()}`.padEnd(16, "0").slice(0, 20).replace(/[^A-Za-z0-9]/g, "x");
    return new Promise((done) => {
      this.waits.set(cid, done);
      this.socket.send(JSON.stringify({ t: "msg", cid, text, lang: "fr" }));
    });
  }
}

const stage = await setDesks(build, ["karim:counsellor"], undefined, "behindProxy = true\n");
try {
  const { nodes } = stage;
  const seat = await Seat.take(stage, "ma", "karim", "fr");
  const result = { console_gzip_bytes: await sizes(nodes.deskPort.ma), child_gzip_bytes: await sizes(nodes.chatPort.ma), fdatasync_ms: 0 };

  // The desk's own feed, watched in its page: when each event came, and how long frames took.
  await seat.page.evaluate(() => {
    window.frames_ = []; window.came_ = [];
    let last = performance.now();
    const draw = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(draw); };
    requestAnimationFrame(draw);
  });
  const heard = new Map();
  seat.page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => {
    for (const event of JSON.parse(payload).feed ?? [])
      if (event.name === "contact.child_message") heard.set(`${event.subject} ${event.number}`, performance.now());
  }));
  await seat.page.reload();
  await seat.page.locator(".frame").waitFor();
  await seat.page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const draw = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(draw); };
    requestAnimationFrame(draw);
  });

  const all = [];
  for (let i = 0; i < children; ++i) {
    const child = await Child.arrive(nodes.chatPort.ma);
    const known = heard.size;
    await child.say("bonjour");
    await until("the child at the desk", 10_000, () => heard.size > known);
    child.contact = [...heard.keys()].at(-1).split(" ")[0];
    all.push(child);
  }
  const sent = new Map();
  let offered = 0;
  const begun = performance.now();
  for (let round = 0; round < seconds; ++round)
    for (let i = 0; i < children; ++i) {
      const due = begun + (round + i / children) * 1000;
      while (performance.now() < due) await new Promise((done) => setTimeout(done, 1));
      const child = all[i], written = performance.now();
      ++offered;
      void child.say("je vais un peu mieux").then((seq) => sent.set(`${child.contact} ${seq}`, written));
    }
  await until("all of it at the desk", 20_000, () => [...sent.keys()].every((key) => heard.has(key)) && sent.size > 0);
  const took = [...sent].map(([key, begun]) => heard.get(key) - begun);
  const frames = await seat.page.evaluate(() => window.frames_);
  result.fdatasync_ms = Number((await fdatasync()).toFixed(2));
  result.page_to_desk_ms = { offered_per_s: children, offered, acknowledged: sent.size, p50: Number(at(took, 0.5).toFixed(1)), p99: Number(at(took, 0.99).toFixed(1)) };
  result.frames = { drawn: frames.length, over_50_ms: frames.filter((one) => one > 50).length, longest_ms: Number(Math.max(...frames).toFixed(0)) };
  result.limited = all.some((child) => child.limited);

  // A conversation of 500 messages.
  const long = all[0];
  const karim = (...words) => nodes.sanad(["--data", nodes.data("ma"), "--as", "karim", ...words]);
  await karim("contact", "open", long.contact);
  for (let i = 0; i < 490; ++i) await karim("contact", "reply", long.contact, `Je suis là, ${i}.`);
  const times = [];
  for (let i = 0; i < 5; ++i) {
    await seat.page.reload();
    await seat.page.locator(`[data-contact="${long.contact}"]`).waitFor();
    times.push(await seat.page.evaluate((id) => new Promise((done) => {
      const begun = performance.now();
      const look = () => (document.querySelectorAll(".conversation article").length > 30 ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look));
      document.querySelector(`[data-contact="${id}"]`).click();
      look();
    }), long.contact));
  }
  result.conversation_of_500_ms = { p50: Number(at(times, 0.5).toFixed(0)), max: Number(Math.max(...times).toFixed(0)) };
  console.log(JSON.stringify(result));
  for (const child of all) child.socket.close();
} finally {
  await stage.end();
}
