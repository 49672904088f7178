// What web.mjs puts under load and looks at: children who write, the desk's page and an empty one beside it.
import { open, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import WebSocket from "ws";

export const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
export const rounded = (value, digits = 1) => Number(value.toFixed(digits));
export const wall = () => performance.timeOrigin + performance.now();
export const percentiles = (values) => ({ p50: rounded(at(values, 0.5)), p99: rounded(at(values, 0.99)), max: rounded(Math.max(...values)) });

/** What one durable write of 1 KiB takes here, p50 and p99 in ms. */
export async function fdatasync() {
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
  return percentiles(took);
}

/** A child's page, as far as the node sees it. */
export class Child {
  static async arrive(port) {
    const child = new Child();
    child.number = 0;
    child.waits = new Map();
    child.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    await new Promise((done, fail) => { child.socket.once("open", done); child.socket.once("error", fail); });
    const welcomed = new Promise((done) => {
      child.socket.on("message", (bytes) => {
        const frame = JSON.parse(bytes);
        if (frame.t === "later") child.limited = true;
        if (frame.t === "ack") { child.waits.get(frame.cid)?.(frame.seq); child.waits.delete(frame.cid); }
        if (frame.t === "welcome") done();
      });
    });
    child.socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 }));
    await welcomed;
    return child;
  }
  /** Gives the message's number once it is on the node's disk. */
  say(text) {
    const cid = `${process.pid}-${this.number++}-${Math.random()}`.padEnd(16, "0").slice(0, 20).replace(/[^A-Za-z0-9]/g, "x");
    return new Promise((done) => {
      this.waits.set(cid, done);
      this.socket.send(JSON.stringify({ t: "msg", cid, text, lang: "fr" }));
    });
  }
}

/** In a page, before it loads: counts its frames, and notes when the desk's feed told of a message and when the
 * conversation showed it. */
export async function watch(page) {
  await page.addInitScript(() => {
    const now = () => performance.timeOrigin + performance.now();
    window.watched = { frames: [], told: {}, drawn: {} };
    let last = performance.now();
    const draw = (at) => { window.watched.frames.push(at - last); last = at; requestAnimationFrame(draw); };
    requestAnimationFrame(draw);
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          for (const event of JSON.parse(data).feed ?? [])
            if (event.name === "contact.child_message") window.watched.told[`${event.subject} ${event.number}`] = now();
        });
      }
    };
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const node of change.addedNodes) {
          const found = /mot-\d+-fin/.exec(node.textContent ?? "");
          if (found && node.nodeName === "ARTICLE") window.watched.drawn[found[0]] = now();
        }
    }).observe(document, { childList: true, subtree: true });
  });
}

/** How far the page's clock is ahead of ours, in ms: of many looks the one that took least. */
export async function clockOf(page) {
  let best = { took: Infinity, ahead: 0 };
  for (let i = 0; i < 40; ++i) {
    const begun = wall();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const took = wall() - begun;
    if (took < best.took) best = { took, ahead: there - begun - took / 2 };
  }
  return best.ahead;
}

const framesOf = (frames) => ({ drawn: frames.length, over_50_ms: frames.filter((one) => one > 50).length, longest_ms: rounded(Math.max(0, ...frames), 0) });

/** `perSecond` messages from `children` in turn for so many seconds, `talker` among them, whose conversation stands open
 * at the desk. An empty page beside the desk's, and a timer here, say what this machine can do at the same time. */
export async function underLoad({ desk, empty, children, talker, perSecond, seconds }) {
  const ahead = await clockOf(desk);
  for (const page of [desk, empty]) await page.evaluate(() => { window.watched.frames = []; window.watched.told = {}; window.watched.drawn = {}; });
  const sent = new Map(), words = new Map(), late = [], ticks = [];
  let offered = 0, turn = 0, spoken = 0;
  const write = (child, text) => {
    const begun = wall();
    ++offered;
    void child.say(text).then((seq) => {
      ticks.push(wall() - begun);
      sent.set(`${child.contact} ${seq}`, begun);
    });
    return begun;
  };
  const begun = performance.now();
  let nextTalk = begun + 300;
  for (let i = 0; i < seconds * perSecond; ++i) {
    const due = begun + (i * 1000) / perSecond;
    while (performance.now() < due) {
      const asleep = performance.now();
      await new Promise((done) => setTimeout(done, 1));
      late.push(performance.now() - asleep - 1);
    }
    if (performance.now() >= nextTalk) {
      nextTalk += 2100; // the chat page lets nobody write faster for long
      const text = `mot-${spoken++}-fin`;
      words.set(text, write(talker, text));
    } else {
      write(children[turn++ % children.length], "je vais un peu mieux");
    }
  }
  const until = performance.now() + 10_000;
  let seen = await desk.evaluate(() => window.watched);
  while (performance.now() < until && ([...sent.keys()].some((key) => !(key in seen.told)) || [...words.keys()].some((key) => !(key in seen.drawn)) || sent.size < offered)) {
    await new Promise((done) => setTimeout(done, 200));
    seen = await desk.evaluate(() => window.watched);
  }
  const told = [...sent].filter(([key]) => key in seen.told).map(([key, from]) => seen.told[key] - ahead - from);
  const drawn = [...words].filter(([text]) => text in seen.drawn).map(([text, from]) => seen.drawn[text] - ahead - from);
  return {
    offered_per_s: perSecond,
    offered,
    on_disk: sent.size,
    told_at_desk: told.length,
    page_to_tick_ms: percentiles(ticks),
    page_to_desk_ms: percentiles(told),
    page_to_open_conversation_ms: { messages: drawn.length, of: words.size, ...percentiles(drawn) },
    frames: framesOf(seen.frames),
    machine: { empty_page_frames: framesOf(await empty.evaluate(() => window.watched.frames)), timer_late_ms: percentiles(late), fdatasync_ms: await fdatasync() },
    limited: [...children, talker].some((child) => child.limited),
  };
}
