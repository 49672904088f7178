import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { choices, find, main, reasonsMax, toggle } = await load("words/reasons.ts");
const { mix } = await load("words/mix.ts");
const { nodesOf } = await load("words/directory.ts");

const list = (name) =>
  readFileSync(join(import.meta.dirname, `../../../../../config/taxonomy/${name}.tsv`), "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => {
      const [id, parent, en, fr, ar, flags = ""] = line.split("\t");
      return { id, parent, en, fr, ar, flags: flags.split(" ").filter(Boolean) };
    });
const all = choices(list("chi-reasons"), list("online-harm"));
const ids = (typed) => find(all, typed).map((one) => one.id);

test("reasons and what happens online are picked from one list, and groups are not", () => {
  assert.ok(all.length > 60);
  assert.ok(all.every((one) => !one.term.flags.includes("group")));
  assert.equal(new Set(all.map((one) => one.id)).size, all.length);
  assert.ok(all.some((one) => one.id === "ose_coercion" && one.urgency === "U1" && one.group.id === "VI.online_csea"));
});

test("a reason is found in each of three languages, by its group and by its id", () => {
  assert.ok(ids("sextortion").includes("ose_coercion"));
  assert.ok(ids("extorsion sex").includes("ose_coercion"));
  assert.ok(ids("ابتزاز").includes("ose_coercion"));
  assert.ok(ids("sante mentale").length > 5);
  assert.ok(ids("MH.self").includes("MH.self_harm"));
  assert.equal(ids("").length, all.length);
  assert.deepEqual(ids("nothing is called so"), []);
});

test("there are at most three, the first is the main one, and each may be taken away", () => {
  let picked = [];
  for (const id of ["a", "b", "c", "d"]) picked = toggle(picked, id);
  assert.deepEqual(picked, ["a", "b", "c"]);
  assert.equal(picked.length, reasonsMax);
  assert.deepEqual(main(picked, "c"), ["c", "a", "b"]);
  assert.deepEqual(toggle(picked, "b"), ["a", "c"]);
});

test("several timelines become one by time, and what is as old stays in its order", () => {
  const entry = (at, what) => ({ at, what, who: "", reason: "", text: "", receipt: "" });
  const mixed = mix([
    { source: "case", entries: [entry("2026-01-01T10:00:00Z", "opened"), entry("2026-01-01T10:05:00Z", "note"), entry("2026-01-01T10:05:00Z", "plan")] },
    { source: "tn", entries: [entry("2026-01-01T10:02:00.500Z", "request"), entry("2026-01-01T10:05:00Z", "accept")] },
  ]);
  assert.deepEqual(mixed.map((one) => one.what), ["opened", "request", "note", "plan", "accept"]);
  assert.equal(mixed[1].source, "tn");
});

test("the active nodes of a directory are read, and nothing else", () => {
  const note = 'sanad-directory/v1\nfederation test\nnode ma.one country=MA name="One \'a\'" languages=ar,fr services= endpoints= keys=AAAA status=active\nnode tn.two country=TN name="Two" languages=ar services=webchat endpoints=tcp://x:1 keys=BBBB status=revoked\nnode broken\n\n— steward sig\n';
  assert.deepEqual(nodesOf(note), [{ id: "ma.one", country: "MA", name: "One 'a'", languages: ["ar", "fr"], services: [] }]);
  assert.deepEqual(nodesOf(""), []);
});

const { movesOf, reasonsOf, isOpen } = await load("words/moves.ts");
const transitions = readFileSync(join(import.meta.dirname, "../../../../../core/casework/referral_transitions.tsv"), "utf8")
  .split("\n").map((line) => line.split("\t"));

test("a desk offers exactly the moves that people may make", () => {
  const people = ["review", "ask", "accept", "decline", "redirect", "start", "hold", "resume", "complete", "not_complete", "information", "withdraw", "confirm"];
  const states = transitions.filter(([what]) => what === "state").map(([, name]) => name);
  const lawful = transitions.filter(([what]) => what === "move").map(([, who, from, event]) => `${who} ${from} ${event}`);
  assert.ok(states.length > 20 && lawful.length > 50);
  for (const state of states)
    for (const side of ["asker", "asked"]) {
      const offered = movesOf(side, state).filter((move) => move !== "note");
      if (state === "withdraw_requested" && side === "asked") {
        // The wish of the asker stands: it is granted, or the asked side's last word wins over it.
        const last = transitions.filter(([what, , , effect]) => what === "event" && ["last_word", "gives_back"].includes(effect)).map(([, name]) => name);
        assert.ok(offered.every((move) => last.includes(move)));
        continue;
      }
      const wanted = people.filter((move) => lawful.includes(`${side} ${state} ${move}`));
      assert.deepEqual([...offered].sort(), wanted.sort(), `${side} ${state}`);
    }
});

test("a state is open as long as somebody may decide or work", () => {
  for (const [what, name, phase] of transitions)
    if (what === "state") assert.equal(isOpen(name), phase === "open" || phase === "working", name);
});

test("the reasons of a move are from a list that the node has", () => {
  for (const move of ["withdraw", "decline", "redirect", "complete", "not_complete", "confirm"]) assert.ok(list(reasonsOf(move)).length > 2);
  assert.equal(reasonsOf("accept"), "");
});
