import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { changed, sorted, waitsSince } = await load("words/queue.ts");
const place = (id, messageCount = 1) => ({ contact: { id, messageCount }, reason: "level" });
const change = (words) => ({ now: "", version: "7", whole: false, waiting: 0, open: [], places: [], order: [], talking: [], levels: [], longestMs: "0", ...words });
const whole = changed(undefined, change({ whole: true, waiting: 3, places: [place("a"), place("b"), place("c")], order: ["a", "b", "c"], open: [{ id: "x" }], talking: ["x"] }));

test("a whole answer is the queue", () => {
  assert.deepEqual(whole.waiting.map((one) => one.contact.id), ["a", "b", "c"]);
  assert.deepEqual(whole.open.map((one) => one.id), ["x"]);
  assert.equal(whole.count, 3);
});

test("who did not change stays the same object, and nobody is drawn again for nothing", () => {
  const after = changed(whole, change({ waiting: 3, places: [place("b", 2)], order: ["a", "b", "c"], talking: ["x"] }));
  assert.equal(after.waiting[0], whole.waiting[0]);
  assert.equal(after.waiting[1].contact.messageCount, 2);
  assert.equal(after.open, whole.open);
  const again = changed(after, change({ waiting: 3, order: ["a", "b", "c"], talking: ["x"] }));
  assert.equal(again.waiting, after.waiting);
});

test("who was taken leaves those who wait, and another may stand first", () => {
  const after = changed(whole, change({ waiting: 9, order: ["c", "b"], open: [{ id: "a" }], talking: ["a", "x"] }));
  assert.deepEqual(after.waiting.map((one) => one.contact.id), ["c", "b"]);
  assert.deepEqual(after.open.map((one) => one.id), ["a", "x"]);
  assert.equal(after.count, 9);
});

test("a whole answer forgets what was there, and one that does not fit is none", () => {
  const after = changed(whole, change({ whole: true, places: [place("d")], order: ["d"] }));
  assert.deepEqual(after.waiting.map((one) => one.contact.id), ["d"]);
  assert.equal(changed(whole, change({ order: ["a", "unheard of"], talking: ["x"] })), undefined);
  assert.equal(changed(undefined, change({ order: ["a"] })), undefined);
});

test("somebody waits since they came into the queue, or else since they came", () => {
  const came = "2026-11-24T02:00:00.000Z", back = "2026-11-24T03:00:00.000Z";
  assert.equal(waitsSince({ createdAt: came, waitingSince: "" }), Date.parse(came));
  assert.equal(waitsSince({ createdAt: came, waitingSince: back }), Date.parse(back));
});

test("who perhaps is not for us stands in a group of their own, in the order of the queue", () => {
  const aside = (id) => ({ contact: { id, setAside: true } });
  const { ours, aside: others } = sorted([place("a"), aside("s"), place("b"), aside("t")]);
  assert.deepEqual(ours.map((one) => one.contact.id), ["a", "b"]);
  assert.deepEqual(others.map((one) => one.contact.id), ["s", "t"]);
});
