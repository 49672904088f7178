import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { merge, seenUpTo, unsettled, effective } = await load("words/messages.ts");
const message = (seq, from = "person", seen = false) => ({ seq: String(seq), at: "", from, text: `${seq}`, seen });

test("messages that come twice or out of order stand once and in order", () => {
  const merged = merge([message(1), message(9), message(10)], [message(2), message(10, "person", true), message(100)]);
  assert.deepEqual(merged.map((one) => one.seq), ["1", "2", "9", "10", "100"]);
  assert.equal(merged[3].seen, true);
  const have = [message(1)];
  assert.equal(merge(have, []), have);
});

test("seeing one message says that those before it were seen, and only ours have ticks", () => {
  const seen = seenUpTo([message(1), message(2, "amal"), message(3, "amal"), message(10, "amal")], "9");
  assert.deepEqual(seen.map((one) => one.seen), [false, true, true, false]);
});

test("it is read again from before the first message that was not seen", () => {
  assert.equal(unsettled([]), "0");
  assert.equal(unsettled([message(1), message(2, "amal", true), message(3)]), "3");
  assert.equal(unsettled([message(1), message(2, "amal"), message(3)]), "1");
  assert.equal(unsettled([message(2, "amal")]), "0");
});

test("the queue's level is the higher one of what was set and what the hints suggest", () => {
  assert.equal(effective({ urgency: "", hintUrgency: "" }), "U3");
  assert.equal(effective({ urgency: "", hintUrgency: "U1" }), "U1");
  assert.equal(effective({ urgency: "U0", hintUrgency: "U1" }), "U0");
  assert.equal(effective({ urgency: "U4", hintUrgency: "" }), "U4");
});


test("a notice of a channel is nothing that the person sees, so nothing is read again for it", () => {
  const notice = { seq: "3", from: "channel", seen: false };
  const all = [{ seq: "1", from: "person", seen: false }, { seq: "2", from: "karim", seen: true }, notice];
  assert.equal(unsettled(all), "3");
  assert.equal(seenUpTo(all, "9")[2], notice);
});
