import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { callState } = await load("words/call.ts");

test("a call waits, is on, or is over, and who hung up is not on the line", () => {
  assert.equal(callState({ state: "waiting", presence: "" }), "waiting");
  assert.equal(callState({ state: "open", presence: "here" }), "talking");
  assert.equal(callState({ state: "open", presence: "" }), "talking");
  assert.equal(callState({ state: "open", presence: "left" }), "over");
  assert.equal(callState({ state: "waiting", presence: "left" }), "over");
  assert.equal(callState({ state: "ended", presence: "here" }), "over");
});
