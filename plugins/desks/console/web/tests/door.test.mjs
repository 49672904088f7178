import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse, typescript } from "../../../../../schemas/typescript.mjs";
import { load } from "./load.mjs";

const schema = readFileSync(join(import.meta.dirname, "../../../../../schemas/api.capnp"), "utf8");
const { Door, Refusal } = await load("door/ask.ts");
const { wholeReply } = await load("door/shape.ts");
const { toBytes, toText } = await load("door/base64url.ts");

test("the page's types are those of schemas/api.capnp", () => {
  const checkedIn = readFileSync(join(import.meta.dirname, "../src/api.ts"), "utf8");
  assert.equal(checkedIn, typescript(schema), "run: node schemas/typescript.mjs schemas/api.capnp > plugins/desks/console/web/src/api.ts");
});

test("a schema is read with its comments, its unions and its inner structs, or not at all", () => {
  const [outer, inner] = parse("struct A { # whole\n  x @0 :UInt64; # a number\n  # of things\n  union { y @1 :Text; z @2 :List(B); }\n  struct B { c @0 :Bool; }\n}\n");
  assert.deepEqual(outer.doc, ["whole"]);
  assert.deepEqual(outer.fields.map((one) => [one.name, one.optional, one.doc.join(" ")]), [["x", false, "a number of things"], ["y", true, ""], ["z", true, ""]]);
  assert.equal(inner.name, "AB");
  for (const wrong of ["struct A {", "enum E { a @0; }", "struct A { x @0 :Text = \"a\"; }"]) assert.throws(() => parse(wrong), undefined, wrong);
  assert.throws(() => typescript("struct Reply { x @0 :Nothing; }"));
});

test("what an answer leaves out has its default, and a member that is not chosen stays absent", () => {
  const { contact, error } = wholeReply({ contact: { id: "a", messages: [{ seq: "3" }], later: "unknown" } });
  assert.deepEqual(contact.messages, [{ seq: "3", at: "", from: "", text: "", seen: false, marks: [] }]);
  assert.deepEqual(contact.hints, []);
  assert.equal(contact.messageCount, 0);
  assert.equal("later" in contact, false);
  assert.equal(error, undefined);
});

function stage(...answers) {
  const asked = [];
  const door = new Door(async (path, init) => {
    asked.push({ path, token: init?.headers["X-Sanad-Token"], body: init?.body });
    if (path === "/token") return { json: async () => ({ token: `token ${asked.length}` }) };
    const answer = answers.shift();
    if (!answer) throw new TypeError("no connection");
    const { status = 200, json } = answer;
    return { status, ok: status === 200, json: async () => json };
  });
  return { door, asked };
}

test("a question is asked with the token, and its answer is the member that belongs to it", async () => {
  const { door, asked } = stage({ json: { contact: { id: "c" } } }, { json: { done: {} } }, { json: { case: { id: "x" } } });
  assert.equal((await door.ask("contactShow", "c")).id, "c");
  assert.deepEqual(asked.map((one) => one.path), ["/token", "/api"]);
  assert.equal(asked[1].body, '{"contactShow":"c"}');
  assert.equal(asked[1].token, "token 1");
  assert.equal((await door.ask("sessionEnd", null)).state, "");
  assert.equal(asked[2].body, '{"sessionEnd":null}');
  await assert.rejects(door.ask("contactShow", "c"), { code: "bad_answer" });
});

test("a refusal has the node's code and words", async () => {
  const { door } = stage({ json: { error: { code: "denied", wrong: "This is not yours.", mend: "Ask." } } });
  await assert.rejects(door.ask("contactOpen", "c"), (error) => error instanceof Refusal && error.code === "denied" && error.mend === "Ask.");
});

test("an old token is fetched again once, and then it is refused", async () => {
  const { door, asked } = stage({ status: 403, json: {} }, { json: { done: {} } }, { status: 403, json: {} }, { status: 403, json: {} });
  await door.ask("contactOpen", "c");
  assert.deepEqual(asked.map((one) => one.path), ["/token", "/api", "/token", "/api"]);
  await assert.rejects(door.ask("contactOpen", "c"), { code: "http_403" });
});

test("a session that is over is told, and a lost connection is a refusal like any other", async () => {
  const { door } = stage({ status: 401, json: { error: { code: "session_ended" } } });
  let ended = 0;
  door.ended = () => (ended += 1);
  await assert.rejects(door.ask("queueShow", null), { code: "session_ended" });
  assert.equal(ended, 1);
  await assert.rejects(door.ask("queueShow", null), { code: "unreachable" });
  assert.equal(ended, 1);
});

test("an answer that breaks off was none", async () => {
  const door = new Door(async (path) => {
    const json = async () => {
      if (path === "/token") return { token: "t" };
      throw new SyntaxError("unexpected end");
    };
    return { status: 200, ok: true, json };
  });
  await assert.rejects(door.ask("queueShow", null), { code: "unreachable" });
});

test("bytes survive their text without padding", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.deepEqual(toBytes(toText(bytes)), bytes);
  assert.equal(toText(Uint8Array.of(255, 254)), "__4");
});

test("a question that does something answers that it is done, and nothing else passes for it", async () => {
  const { door } = stage({ json: { done: { id: "r" } } }, { json: { choices: [] } });
  assert.equal((await door.tell("referralNext", { referral: "a", to: "tn", confirmed: true })).id, "r");
  await assert.rejects(door.tell("referralNext", { referral: "a" }), { code: "bad_answer" });
});

test("what wants a fresh second factor is asked again once it was shown, and not otherwise", async () => {
  const needed = { json: { error: { code: "confirm_needed" } } };
  const { door, asked } = stage(needed, { json: { invitation: { code: "c" } } }, needed, needed, needed);
  let shown = true;
  let times = 0;
  door.confirm = async () => {
    times += 1;
    return shown;
  };
  assert.equal((await door.ask("accountInvite", { name: "nadia" })).code, "c");
  assert.equal(times, 1);
  await assert.rejects(door.ask("accountInvite", { name: "nadia" }), { code: "confirm_needed" }); // not for ever
  shown = false;
  const before = asked.length;
  await assert.rejects(door.ask("accountInvite", { name: "nadia" }), { code: "confirm_needed" });
  assert.equal(asked.length, before + 1);
});
