import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { counts } = await load("words/board.ts");
const { troubles, unreceipted } = await load("words/health.ts");
const { firstDay } = await load("words/firstDay.ts");
const { roles } = await load("pages/people/roles.ts");

test("who waits and who is talked with is counted by level, and who waits too long", () => {
  const queue = { levels: [{ urgency: "U1", waiting: 12, over: 3 }, { urgency: "U3", waiting: 1, over: 0 }], open: [{ urgency: "U2" }, { urgency: "" }] };
  const by = (level) => counts(queue).find((one) => one.level === level);
  assert.deepEqual(by("U1"), { level: "U1", waiting: 12, over: 3, open: 0 });
  assert.deepEqual(by("U3"), { level: "U3", waiting: 1, over: 0, open: 1 });
  assert.deepEqual(by("U0"), { level: "U0", waiting: 0, over: 0, open: 0 });
});

const well = { healthy: true, fault: "", clockWrong: false, timeFloor: "", directoryState: "valid", directoryExpires: "", auditBad: "", auditAlarms: 0 };

test("a node that is well shows no trouble", () => {
  assert.deepEqual(troubles(well, [{ state: "running", health: "ok", deadLetters: [] }, { state: "disabled", health: "unknown", deadLetters: [] }], [{ peer: "a", up: true, frozen: "", lanes: [] }]), []);
});

test("each trouble is shown, the urgent first, and each says how to mend it", () => {
  const found = troubles(
    { ...well, healthy: false, clockWrong: true, directoryState: "expired_soft", auditBad: "entry 7", auditAlarms: 2 },
    [{ instance: "chat", state: "quarantined", health: "ok", deadLetters: [{}] }],
    [{ peer: "a", up: false, frozen: "fork", lanes: [] }, { peer: "b", up: false, frozen: "", lanes: [] }],
  );
  assert.deepEqual(found.map((one) => one.key), ["fault", "clockWrong", "auditBad", "auditAlarms", "plugin", "linkFrozen", "directorySoft", "deadLetters", "linkDown"]);
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, "../src/texts/en.json"), "utf8"));
  const backups = (more) => troubles(well, [], [], { key: "sanad-backup+a", fault: "", late: false, made: [], ...more }).map((one) => one.key);
  assert.deepEqual([backups({}), backups({ key: "" }), backups({ fault: "the disk is full" }), backups({ late: true })], [[], ["backupNone"], ["backupFailed"], ["backupLate"]]);
  for (const { key } of [...found, { key: "backupNone" }, { key: "backupFailed" }, { key: "backupLate" }, { key: "directoryNone" }, { key: "directoryHard" }]) assert.ok(texts[`trouble.${key}`] && texts[`trouble.${key}.mend`], key);
});

test("what is left of the first day is told until it is done", () => {
  const account = (...roles) => ({ active: true, roles });
  const left = (...given) => firstDay(...given).filter((one) => !one.done).map((one) => one.key);
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, "../src/texts/en.json"), "utf8"));
  const nothing = [{ ...well, directoryState: "none" }, [account("admin")], [], [], { key: "", made: [] }];
  assert.deepEqual(left(...nothing), ["people", "supervisor", "secondAdmin", "channel", "backup", "directory", "peer"]);
  for (const key of left(...nothing)) assert.ok(texts[`firstDay.${key}`] && texts[`firstDay.${key}.how`], key);
  const all = [well, [account("admin", "supervisor"), account("admin", "counsellor")], [{ kind: "channel", state: "running" }], [{ up: true }], { key: "k", made: [{}] }];
  assert.deepEqual(left(...all), []);
  assert.deepEqual(left(all[0], [...all[1].slice(1), { active: false, roles: ["admin", "supervisor"] }], ...all.slice(2)), ["supervisor", "secondAdmin"]);
});

test("what a peer has not receipted is counted over all lanes", () => {
  assert.equal(unreceipted({ lanes: [{ sent: "10", receipted: "8" }, { sent: "9007199254740993", receipted: "9007199254740992" }] }), 3n);
});

test("the roles are those of the node", () => {
  const header = readFileSync(join(import.meta.dirname, "../../../../../core/api/access.h"), "utf8");
  const named = /enum class Role[^{]*\{([^}]*)\}/.exec(header)[1].match(/\w+/g);
  assert.deepEqual([...roles], named);
});

test("each code of a handover names a trouble that the page has words for, and an unknown one stays as it is", async () => {
  const { troubleOf } = await load("words/health.ts");
  assert.deepEqual(troubleOf("link_down tn.amal"), { key: "linkDown", what: "tn.amal" });
  assert.deepEqual(troubleOf("audit_bad entry 7"), { key: "auditBad", what: "entry 7" });
  assert.deepEqual(troubleOf("of a newer node"), { key: "", what: "a newer node" });
  const source = readFileSync(join(import.meta.dirname, "../../../../../core/api/service_handover.cpp"), "utf8");
  const codes = [...source.matchAll(/push_back\((?:std::string\()?"([a-z_]+) ?"/g)].map((one) => one[1]);
  assert.ok(codes.length > 5, "the codes were found in the source");
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, "../src/texts/en.json"), "utf8"));
  for (const code of [...codes.filter((one) => one !== "directory_"), "directory_none", "directory_expired_soft", "directory_expired_hard"])
    assert.ok(texts[`trouble.${troubleOf(code).key}`], code);
});

test("what is hard to read is what people or hints call U0 or U1", async () => {
  const { isSevere } = await load("words/severe.ts");
  assert.equal(isSevere({ urgency: "U1", hintUrgency: "" }), true);
  assert.equal(isSevere({ urgency: "U3", hintUrgency: "U0" }), true);
  assert.equal(isSevere({ urgency: "", hintUrgency: "U2" }), false);
  assert.equal(isSevere({ urgency: "", hintUrgency: "" }), false);
});
