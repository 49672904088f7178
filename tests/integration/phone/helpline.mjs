// A whole helpline on the telephone: a real node with the plugin isolated, a caller who is heard and hears, a counsellor's
// softphone, a voice message that is sealed and played back, and kill -9 in the middle. usage: helpline.mjs BUILD
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../two_nodes.mjs";
import { Phone, sipp, stopAll } from "./peers.mjs";
import { bye, call, step } from "./sipp.mjs";
import { heard, loudSeconds } from "./sound.mjs";
import { beAlone, Helpline, wants } from "./stage.mjs";

beAlone(fileURLToPath(import.meta.url));
const helpline = await Helpline.start(process.argv[2]);

const talk = [...wants("event_1.pcap"), step.pause(3200), step.play("caller_pcma.pcap"), step.pause(5000)];
const message = [...wants("event_2.pcap"), step.pause(11_000), step.play("caller_pcma.pcap"), step.pause(6600), step.play("event_hash.pcap"), step.pause(2500)];

let failed = false;
try {
  const device = await helpline.ask("phone", "add", "softphone of the test");
  await helpline.ask("phone", "ready");
  const counsellor = await Phone.start(helpline.folder, "counsellor", { account: `sip:${device.name}@127.0.0.1:${helpline.port}`, password: device.password, speech: path.join(helpline.sounds, "counsellor.wav") });

  // ---- a talk, heard on both sides, that is one contact of the counsellor's
  await sipp(helpline.folder, "caller", [...talk, ...bye(2)], { to: helpline.port, sounds: helpline.sounds });
  const [first] = await until("the contact of the call", 5000, async () => { const all = await helpline.calls(); return all.length === 1 && all; });
  assert.equal(first.state, "open");
  assert.equal(first.openedBy, "amina");
  const recording = counsellor.recording();
  const { score } = heard(recording, path.join(helpline.sounds, "caller.wav"));
  assert.ok(score > 0.9, `the counsellor heard the caller: ${score}`);
  const shown = await helpline.ask("contact", "show", first.id);
  assert.equal(shown.presence, "call_ended");
  console.log(`ok   a caller talks with a counsellor, and it is her contact (${score.toFixed(3)})`);
  await helpline.ask("contact", "end", first.id, "ended_by_counsellor");
  await counsellor.stop();

  // ---- a voice message: sealed second by second, whole, and it can be heard again
  await sipp(helpline.folder, "message", [...message, ...bye(2)], { to: helpline.port, sounds: helpline.sounds });
  const second = await until("the contact of the message", 5000, async () => (await helpline.calls()).find((one) => one.marks.includes("voice_message")));
  assert.equal(second.state, "waiting");
  const files = (await helpline.ask("contact", "show", second.id)).files;
  assert.equal(files.length, 1);
  assert.equal(files[0].whole, true);
  assert.equal(files[0].mediaType, "audio/PCMA");
  const saved = path.join(helpline.folder, "message.wav"), wav = path.join(helpline.folder, "message16.wav");
  await helpline.nodes.sanad(["--data", helpline.data, "--as", "amina", "contact", "file", second.id, files[0].id, saved]);
  execFileSync("sox", [saved, "-e", "signed-integer", "-b", "16", wav]);
  const kept = heard(wav, path.join(helpline.sounds, "caller.wav"));
  assert.ok(kept.score > 0.95, `what is played is what was said: ${kept.score}`);
  const spoken = loudSeconds(path.join(helpline.sounds, "caller.wav"));
  assert.ok(Math.abs(loudSeconds(wav) - spoken) < 0.4, "all of it, once");
  console.log(`ok   a voice message is whole, and what is played is what was said (${kept.score.toFixed(3)})`);

  // ---- nothing of it lies in the clear, and nothing is in the log
  const raw = readFileSync(saved).subarray(100, 164);
  for (const name of readdirSync(helpline.data, { recursive: true })) {
    const file = path.join(helpline.data, name);
    let bytes;
    try { bytes = readFileSync(file); } catch { continue; }
    assert.ok(!bytes.includes(raw), `${name} holds what was said`);
    assert.ok(!bytes.includes("212600000001"), `${name} holds the caller's number`);
  }
  console.log("ok   neither a second of the message nor the number is in the node's folder");

  // ---- kill -9 of the plugin while 20 people wait: the node is unharmed, the plugin is back, each call is closed
  const waiting = Array.from({ length: 20 }, (_, one) =>
    sipp(helpline.folder, `waits-${one}`, [...wants("event_1.pcap"), step.pause(20_000), ...bye(2)], { to: helpline.port, sounds: helpline.sounds }).catch(() => {}));
  await until("20 people wait", 20_000, async () => (await helpline.calls()).filter((one) => one.state === "waiting").length >= 21);
  const before = helpline.pluginPid;
  const killed = Date.now();
  process.kill(before, "SIGKILL");
  await until("the plugin is back", 10_000, async () => { const now = helpline.pluginPid; return now && now !== before && (await helpline.plugin()).state === "running"; });
  const back_ms = Date.now() - killed;
  await sipp(helpline.folder, "again", [...call(), step.pause(300), ...bye(2)], { to: helpline.port, sounds: helpline.sounds });
  await until("the calls that broke off are closed", 10_000, async () => (await helpline.calls()).filter((one) => one.state === "waiting" && !one.marks.includes("voice_message")).length === 0);
  assert.ok(back_ms < 2000, `back after ${back_ms} ms`);
  console.log(`ok   killed with 20 calls: back after ${back_ms} ms, and each of them is closed`);
  await stopAll();
  await Promise.all(waiting);
} catch (error) {
  failed = true;
  console.log(`FAIL ${error.stack}`);
  console.log(JSON.stringify(await helpline.calls().catch(() => [])).slice(0, 1500));
} finally {
  await helpline.end();
}
process.exit(failed ? 1 : 0);
