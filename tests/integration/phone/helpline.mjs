// A whole helpline on the telephone: a real node with the plugin isolated, a caller who is heard and hears, a counsellor's
// softphone, a voice message that is sealed and played back, and kill -9 in the middle. usage: helpline.mjs BUILD
import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TwoNodes, until } from "../two_nodes.mjs";
import { freePort, Phone, sipp, stopAll } from "./peers.mjs";
import { bye, call, step } from "./sipp.mjs";
import { heard, loudSeconds } from "./sound.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, "../../..");
const [build] = process.argv.slice(2);

if (process.getuid() !== 0) {
  console.log("sipp plays captures through a raw socket, for root alone: skipped");
  process.exit(77);
}
if (!process.env.SANAD_PHONE_ALONE) {
  const begin = "ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 198.51.100.1/24 dev v0 && ip link set v0 up && ip link set v1 up";
  const alone = spawnSync("unshare", ["-n", "sh", "-c", `${begin} && exec "$@"`, "sh", process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, SANAD_PHONE_ALONE: "1" } });
  process.exit(alone.status ?? 1);
}

/** The flow that ships, in French alone, and with one word for the long ones that every caller hears. */
const overlay = `[[language]]
code = "fr"
digit = "3"
[[emergency]]
number = "19"
[state.privacy]
kind = "say"
say = ["press"]
next = "cut_off"
`;

const folder = mkdtempSync(path.join(tmpdir(), "sanad-helpline-"));
const sounds = path.join(folder, "sounds");
mkdirSync(sounds);
execFileSync(path.join(here, "audio.sh"), [sounds]);
execFileSync("python3", [path.join(source, "config/prompts/make_drafts.py"), path.join(folder, "prompts"), "fr", "en"]);
writeFileSync(path.join(folder, "flow.toml"), overlay);
const port = await freePort();

const plugin = () => `
[[plugin]]
instance = "phone"
plugin = "phone"
[plugin.config]
udpPort = ${port}
tcpPort = 0
firstMediaPort = 30000
lastMediaPort = 30999
callsMax = 40
numbers = ["helpline"]
trunks = ["127.0.0.1", "198.51.100.1"]
devicesInClear = true
flowFile = "${source}/config/phone/flow.toml"
flowOverlayFile = "${folder}/flow.toml"
promptsFolder = "${folder}/prompts"
`;

const nodes = await TwoNodes.make(build, (country, toml) => (country === "ma" ? toml + plugin() : toml), () => ["--plugins", `${path.resolve(build)}/plugins/channels/phone`]);
const ask = (...args) => nodes.ask("ma", ...args);
const telephone = async () => (await ask("contact", "list", "--all")).filter((one) => one.channel === "phone");
const plugins = async () => (await ask("plugin", "list")).find((one) => one.instance === "phone");

/** The process of the plugin, below the node. */
function process_of_plugin() {
  const node = nodes.running.get("ma").pid;
  const children = readdirSync(`/proc/${node}/task`).flatMap((task) => readFileSync(`/proc/${node}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean));
  return Number(children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === "phone"));
}

/** To the menu: the language, a word, and then what is wanted. A capture that is played twice is the same key still held. */
const wants = (capture) => [...call(), step.pause(1000), step.play("event_3.pcap"), step.pause(2500), step.play(capture)];
const talk = [...wants("event_1.pcap"), step.pause(3200), step.play("caller_pcma.pcap"), step.pause(5000)];
const message = [...wants("event_2.pcap"), step.pause(11_000), step.play("caller_pcma.pcap"), step.pause(6600), step.play("event_hash.pcap"), step.pause(2500)];

let failed = false;
try {
  await nodes.start("ma");
  await until("the plugin answers", 20_000, async () => (await plugins()).state === "running");
  const device = await ask("phone", "add", "softphone of the test");
  await ask("phone", "ready");
  const counsellor = await Phone.start(folder, "counsellor", { account: `sip:${device.name}@127.0.0.1:${port}`, password: device.password, speech: path.join(sounds, "counsellor.wav") });

  // ---- a talk, heard on both sides, that is one contact of the counsellor's
  await sipp(folder, "caller", [...talk, ...bye(2)], { to: port, sounds });
  const [first] = await until("the contact of the call", 5000, async () => { const all = await telephone(); return all.length === 1 && all; });
  assert.equal(first.state, "open");
  assert.equal(first.openedBy, "amina");
  const recording = counsellor.recording();
  const { score } = heard(recording, path.join(sounds, "caller.wav"));
  assert.ok(score > 0.9, `the counsellor heard the caller: ${score}`);
  const shown = await ask("contact", "show", first.id);
  assert.equal(shown.presence, "call_ended");
  console.log(`ok   a caller talks with a counsellor, and it is her contact (${score.toFixed(3)})`);
  await ask("contact", "end", first.id, "ended_by_counsellor");
  await counsellor.stop();

  // ---- a voice message: sealed second by second, whole, and it can be heard again
  await sipp(folder, "message", [...message, ...bye(2)], { to: port, sounds });
  const second = await until("the contact of the message", 5000, async () => (await telephone()).find((one) => one.marks.includes("voice_message")));
  assert.equal(second.state, "waiting");
  const files = (await ask("contact", "show", second.id)).files;
  assert.equal(files.length, 1);
  assert.equal(files[0].whole, true);
  assert.equal(files[0].mediaType, "audio/PCMA");
  const saved = path.join(folder, "message.wav"), wav = path.join(folder, "message16.wav");
  await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "contact", "file", second.id, files[0].id, saved]);
  execFileSync("sox", [saved, "-e", "signed-integer", "-b", "16", wav]);
  const kept = heard(wav, path.join(sounds, "caller.wav"));
  assert.ok(kept.score > 0.95, `what is played is what was said: ${kept.score}`);
  const spoken = loudSeconds(path.join(sounds, "caller.wav"));
  assert.ok(Math.abs(loudSeconds(wav) - spoken) < 0.4, "all of it, once");
  console.log(`ok   a voice message is whole, and what is played is what was said (${kept.score.toFixed(3)})`);

  // ---- nothing of it lies in the clear, and nothing is in the log
  const raw = readFileSync(saved).subarray(100, 164);
  for (const name of readdirSync(nodes.data("ma"), { recursive: true })) {
    const file = path.join(nodes.data("ma"), name);
    let bytes;
    try { bytes = readFileSync(file); } catch { continue; }
    assert.ok(!bytes.includes(raw), `${name} holds what was said`);
    assert.ok(!bytes.includes("212600000001"), `${name} holds the caller's number`);
  }
  console.log("ok   neither a second of the message nor the number is in the node's folder");

  // ---- kill -9 of the plugin while 20 people wait: the node is unharmed, the plugin is back, each call is closed
  const waiting = Array.from({ length: 20 }, (_, one) =>
    sipp(folder, `waits-${one}`, [...wants("event_1.pcap"), step.pause(20_000), ...bye(2)], { to: port, sounds }).catch(() => {}));
  await until("20 people wait", 20_000, async () => (await telephone()).filter((one) => one.state === "waiting").length >= 21);
  const before = process_of_plugin();
  const killed = Date.now();
  process.kill(before, "SIGKILL");
  await until("the plugin is back", 10_000, async () => { const now = process_of_plugin(); return now && now !== before && (await plugins()).state === "running"; });
  const back_ms = Date.now() - killed;
  await sipp(folder, "again", [...call(), step.pause(300), ...bye(2)], { to: port, sounds });
  await until("the calls that broke off are closed", 10_000, async () => (await telephone()).filter((one) => one.state === "waiting" && !one.marks.includes("voice_message")).length === 0);
  assert.ok(back_ms < 2000, `back after ${back_ms} ms`);
  console.log(`ok   killed with 20 calls: back after ${back_ms} ms, and each of them is closed`);
  await stopAll();
  await Promise.all(waiting);
} catch (error) {
  failed = true;
  console.log(`FAIL ${error.stack}`);
  console.log(JSON.stringify(await telephone().catch(() => [])).slice(0, 1500));
} finally {
  await stopAll();
  await nodes.end();
  if (!process.env.SANAD_PHONE_KEEP) rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
