// Doors that need two people, or that open only when something is wrong, at real nodes through the
// command line: sharing without consent, a link that is frozen and resumed, an alarm about an audit
// log that went back, a directory that expired, and a clock that is behind what the stewards signed.
// usage: doors.mjs BUILD
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { TwoNodes, askedReferral, until } from "../two_nodes.mjs";

const run = promisify(execFile);
const staff = `
[[staff]]
name = "youssef"
roles = ["supervisor", "admin", "auditor"]
[[staff]]
name = "salma"
roles = ["counsellor"]
[audit]
round = "5 s"
`;
const nodes = await TwoNodes.make(process.argv[2], (country, toml) =>
  toml.replace("[federation]", '[federation]\ngrace = "0 s"') + staff);

/** What the command line answers to one of the staff: {code, out, said}. */
async function tell(who, country, ...args) {
  const words = ["--data", nodes.data(country), "--as", who, ...args];
  const ended = await run(`${nodes.build}/nodes/cli/sanad`, words).catch((error) => error);
  return { code: ended.code ?? 0, out: ended.stdout, said: ended.stderr };
}
async function as(who, country, ...args) {
  const { code, out, said } = await tell(who, country, "--json", ...args);
  assert.equal(code, 0, `${who}: ${args.join(" ")}: ${said}`);
  return Object.values(JSON.parse(out))[0];
}
/** The code with which it is refused; the same words stand on the screen. */
async function refused(who, country, ...args) {
  const { code, out, said } = await tell(who, country, "--json", ...args);
  assert.equal(code, 1, `${who} may: ${args.join(" ")}: ${out}${said}`);
  const { error } = JSON.parse(out);
  assert.ok(said.includes(error.wrong) && said.includes(error.mend), said);
  return error.code;
}
const audited = async (country, action) =>
  (await as("amina", country, "audit", "export", "--limit", "500")).filter((entry) => entry.action === action);

let tunisia, morocco;

async function withoutConsent() {
  const [file] = await as("salma", "ma", "case", "list");
  assert.equal(await refused("salma", "ma", "case", "show", file.id), "case_not_yours");
  await as("amina", "ma", "case", "share", file.id, "salma");
  const asked = ["refer", file.id, "--to", tunisia, "--basis", "save_life", "--narrative", "she asked where to sleep tonight",
    "--redacted", "--item", "narrative", "--without-consent", "nobody else can reach her tonight"];
  assert.equal(await refused("amina", "ma", ...asked), "note_missing");
  const { id, state } = await as("amina", "ma", ...asked, "--why", "she said that she cannot go home, and asked us not to tell");
  assert.match(state, /pending/);
  const before = (await as("salma", "ma", "referral", "list")).length;
  assert.equal(await refused("salma", "ma", "override", "approve", id), "role_missing");
  assert.equal(await refused("amina", "ma", "override", "approve", id, "--reason", "I am sure"), "second_person");
  assert.equal(await refused("salma", "ma", "override", "show", id), "role_missing");
  assert.equal((await as("salma", "ma", "referral", "list")).length, before, "nothing has left");

  const [waiting] = await as("youssef", "ma", "override", "list");
  assert.deepEqual([waiting.id, waiting.state, waiting.requestedBy, waiting.decidedBy], [id, "pending", "amina", ""]);
  assert.match((await tell("youssef", "ma", "override", "show", id)).out, /cannot go home/);
  const sent = await as("youssef", "ma", "override", "approve", id, "--reason", "she must not be alone");
  assert.equal(sent.state, "approved");
  const there = await until("it is in Tunisia", 20_000, async () =>
    ((await as("salma", "tn", "referral", "list")) ?? []).find((one) => one.id === sent.id));
  const shown = JSON.stringify(await as("salma", "tn", "referral", "show", there.id));
  assert.ok(shown.includes("where to sleep") && !shown.includes("cannot go home"), "why stays at home");
  const [decided] = await as("amina", "ma", "override", "list");
  assert.deepEqual([decided.state, decided.decidedBy, decided.referral], ["approved", "youssef", sent.id]);
  assert.equal(await refused("youssef", "ma", "override", "approve", id), "already_ended");
  const acts = await audited("ma", "override.decide");
  assert.deepEqual(acts.map(({ actor, result }) => [actor, result]), [["salma", "role_missing"],
    ["amina", "second_person"], ["youssef", "ok"], ["youssef", "already_ended"]]);
  return file;
}

async function frozenLink(file) {
  const lanes = async () => (await as("youssef", "ma", "link", "list")).find(({ peer }) => peer === tunisia);
  await until("all is receipted", 20_000, async () => (await lanes()).lanes.every(({ sent, receipted }) => sent === receipted));
  assert.equal((await lanes()).frozen, "");
  assert.match((await tell("youssef", "ma", "link", "list")).out, /^PEER +UP +LANE/);
  assert.equal(await refused("salma", "ma", "link", "freeze", tunisia, "--reason", "a drill"), "role_missing");
  assert.equal(await refused("youssef", "ma", "link", "freeze", "jo.nobody", "--reason", "a drill"), "node_unknown");

  assert.equal((await as("youssef", "ma", "link", "freeze", tunisia, "--reason", "their machine was stolen")).state, "frozen");
  assert.equal(await refused("amina", "ma", "link", "freeze", tunisia, "--reason", "again"), "conflict");
  // The list is what the transport said last.
  await until("the list says so", 20_000, async () => (await lanes()).frozen === "by_administrator");
  const shown = await as("amina", "ma", "link", "show", tunisia);
  assert.deepEqual([shown.frozenBy, shown.reason], ["youssef", "their machine was stolen"]);
  assert.match((await tell("amina", "ma", "link", "show", tunisia)).out, /by +youssef[^]*Our newest head with their receipt/);
  const sent = await as("salma", "ma", "refer", file.id, "--to", tunisia, "--narrative", "a story behind the frost", "--redacted");

  assert.equal((await as("youssef", "ma", "link", "resume", tunisia, "--reason", "found again")).state, "waits_for_second_administrator");
  assert.equal(await refused("youssef", "ma", "link", "resume", tunisia, "--reason", "found again"), "second_person_missing");
  assert.equal(await refused("salma", "ma", "link", "resume", tunisia, "--reason", "found again"), "role_missing");
  assert.equal((await as("amina", "ma", "link", "show", tunisia)).resumeBy, "youssef");
  await until("the list says that nothing passes yet", 20_000, async () => {
    const [newest] = (await lanes()).lanes.filter(({ lane }) => lane === "normal");
    return Number(newest.sent) > Number(newest.receipted);
  });
  assert.ok(!((await as("salma", "tn", "referral", "list")) ?? []).some(({ id }) => id === sent.id));
  assert.equal((await as("amina", "ma", "link", "resume", tunisia, "--reason", "we spoke with them")).state, "resumed");
  await until("the list says so too", 20_000, async () => (await lanes()).frozen === "");
  await until("what waited is there", 30_000, async () =>
    (await as("salma", "tn", "referral", "list")).some(({ id }) => id === sent.id));
}

async function auditAlarm() {
  assert.equal(await as("youssef", "tn", "audit", "alarms").then((alarms) => alarms.length), 0);
  assert.match((await tell("youssef", "tn", "audit", "alarms")).out, /^no alarms/);
  assert.equal(await refused("salma", "tn", "audit", "alarms"), "role_missing");
  const store = `${nodes.data("ma")}/store`;
  await nodes.stop("ma");
  await cp(store, nodes.file("backup"), { recursive: true });
  await nodes.start("ma");
  const { size } = await as("youssef", "ma", "audit", "verify");
  for (let act = 0; act < 30; ++act) await as("youssef", "ma", "audit", "verify");
  await until("Tunisia has cosigned what is not in the copy", 60_000, async () =>
    (await as("youssef", "ma", "audit", "witness")).witnesses.some(({ cosigned }) => Number(cosigned) > Number(size) + 20));

  await nodes.stop("ma");
  await rm(store, { recursive: true });
  await cp(nodes.file("backup"), store, { recursive: true });
  await nodes.start("ma");
  const [alarm] = await until("the alarm", 90_000, async () => {
    const alarms = await as("youssef", "tn", "audit", "alarms");
    return alarms.length > 0 && alarms;
  });
  assert.deepEqual([alarm.about, alarm.acknowledgedBy], [morocco, ""]);
  for (const head of [alarm.first, alarm.second]) assert.ok(head.startsWith(`sanad/audit/${morocco}\n`), head);
  assert.match((await tell("amina", "tn", "audit", "alarms")).out, /ALARM [^]*\nOPEN\nfirst head\n[^]*second head\n/);
  assert.equal((await as("amina", "tn", "status")).auditAlarms, 1);
  assert.equal(await refused("salma", "tn", "audit", "acknowledge", alarm.id), "role_missing");
  await as("youssef", "tn", "audit", "acknowledge", alarm.id);
  assert.equal(await refused("amina", "tn", "audit", "acknowledge", alarm.id), "denied");
  const after = (await as("amina", "tn", "audit", "alarms")).find(({ id }) => id === alarm.id);
  assert.equal(after.acknowledgedBy, "youssef");
  assert.equal(after.first, alarm.first, "the evidence stays");
}

let version = 1;
/** The next directory with these times, signed by both stewards, as a file. */
async function directory(issued, expires) {
  const [text] = (await readFile(nodes.file("directory.note"), "utf8")).split("\n\n");
  const time = (ms) => new Date(ms).toISOString().replace(/\.\d+/, "");
  const draft = nodes.file(`draft-${++version}`);
  await writeFile(draft, `${text}\n`.replace(/^version .*/m, `version ${version}`)
    .replace(/^issued .*/m, `issued ${time(issued)}`).replace(/^expires .*/m, `expires ${time(expires)}`));
  for (const steward of ["one", "two"])
    await nodes.sanad(["directory", "sign", draft, "--key", nodes.file(`${steward}.key`), "--out", `${draft}.${steward}`]);
  await nodes.sanad(["directory", "merge", `${draft}.one`, `${draft}.two`, "--out", `${draft}.note`]);
  return `${draft}.note`;
}

async function expiredDirectory(file) {
  const refer = ["refer", file.id, "--to", tunisia, "--narrative", "a story after the end of the directory", "--redacted"];
  assert.equal(await refused("youssef", "ma", "directory", "override", "--reason", "just in case"), "not_expired");
  const end = Date.now() + 2_000;
  await as("youssef", "ma", "directory", "install", await directory(Date.now() - 1_000, end));
  await until("it has expired", 20_000, async () => (await as("amina", "ma", "status")).directoryState === "expired_hard");
  assert.equal(await refused("salma", "ma", ...refer), "directory_expired");
  assert.equal(await refused("salma", "ma", "directory", "override", "--reason", "the stewards meet on Monday"), "role_missing");
  assert.equal(await refused("amina", "ma", "directory", "override", "--agree"), "not_found");
  await as("youssef", "ma", "directory", "override", "--hours", "2", "--reason", "the stewards meet on Monday");
  assert.equal(await refused("youssef", "ma", "directory", "override", "--agree"), "same_person");
  assert.equal(await refused("salma", "ma", ...refer), "directory_expired");
  assert.match((await as("amina", "ma", "directory", "override", "--agree")).state, /^until /);
  assert.match((await tell("salma", "ma", "directory", "show")).out, /override by youssef[^]*amina agreed/);
  await as("salma", "ma", ...refer);
  await as("amina", "ma", "directory", "override", "--end");
  assert.equal(await refused("salma", "ma", ...refer), "directory_expired");
}

// The stewards have signed tomorrow, so it is this machine's clock that is wrong.
async function timeFloor() {
  const tomorrow = Date.now() + 86_400_000;
  const before = await as("salma", "ma", "directory", "show");
  assert.equal(before.clockWrong, false);
  await as("youssef", "ma", "directory", "install", await directory(tomorrow, tomorrow + 60 * 86_400_000));
  const floor = new Date(tomorrow).toISOString().replace(/\.\d+/, "");
  for (const restarted of [false, true]) {
    if (restarted) {
      await nodes.stop("ma");
      await nodes.start("ma");
    }
    const view = await as("salma", "ma", "directory", "show");
    assert.deepEqual([view.timeFloor, view.clockWrong], [floor, true]);
    const status = await as("salma", "ma", "status");
    assert.deepEqual([status.timeFloor, status.clockWrong, status.directoryState], [floor, true, "valid"]);
    assert.match((await tell("salma", "ma", "directory", "show")).out, /this machine's clock is earlier/);
  }
  await until("it is told", 20_000, async () => (await as("amina", "ma", "feed")).some(({ name }) => name === "clock.wrong"));
  // Who comes with an older directory does not bring the floor down.
  assert.equal(await refused("youssef", "ma", "directory", "install", await directory(Date.now(), Date.now() + 86_400_000)), "directory_older");
  assert.equal((await as("salma", "ma", "directory", "show")).timeFloor, floor);
}

try {
  await nodes.start("tn");
  await nodes.start("ma");
  await askedReferral(nodes, ["narrative"]);
  tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  morocco = (await nodes.ask("tn", "link", "list"))[0].peer;
  const file = await withoutConsent();
  await frozenLink(file);
  await auditAlarm();
  await expiredDirectory(file);
  await timeFloor();
  console.log("the doors open for whom they should");
} finally {
  await nodes.end();
}
