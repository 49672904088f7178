import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { callBackOf, marksInOrder, standsOut } = await load("words/marks.ts");
const known = readFileSync(join(import.meta.dirname, "../../../../../config/taxonomy/contact-marks.tsv"), "utf8")
  .split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split("\t")[0]);

test("what must not be overlooked stands first, and each mark once", () => {
  assert.deepEqual(marksInOrder(["voice_message", "not_delivered", "voice_message", "danger_digit"]), ["not_delivered", "danger_digit", "voice_message"]);
  assert.deepEqual(marksInOrder([]), []);
});

test("the marks that stand out are words of the list, and a mark of a newer node is calm", () => {
  assert.deepEqual(known.filter(standsOut).sort(), ["callback_failed", "danger_digit", "maybe_not_sent", "not_delivered", "other_sender"]);
  assert.equal(standsOut("of_a_newer_node"), false);
});

test("a call back says when, who may know, and whether a message may be left", () => {
  const asked = callBackOf(["callback_wanted", "callback_evening", "callback_anyone", "callback_may_leave_message"]);
  assert.deepEqual(asked, { when: "callback_evening", who: "callback_anyone", mayLeaveMessage: true });
  for (const mark of [asked.when, asked.who]) assert.ok(known.includes(mark), mark);
});

test("what was not said of a call back is the careful answer", () => {
  assert.deepEqual(callBackOf(["callback_wanted"]), { when: "", who: "callback_only_caller", mayLeaveMessage: false });
  assert.equal(callBackOf(["callback_wanted", "callback_anyone", "callback_only_caller"]).who, "callback_only_caller");
  assert.equal(callBackOf(["callback_may_leave_message"]), undefined);
});
