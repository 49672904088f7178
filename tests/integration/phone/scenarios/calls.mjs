// A child calls, presses a digit, and talks with a counsellor.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Endpoint, home, Phone, sipp, until } from "../peers.mjs";
import { audio, bye, byeComes, call, sdp, step } from "../sipp.mjs";
import { heard, loudSeconds } from "../sound.mjs";

const outer = "198.51.100.1";

export async function withCounsellor(stage, given, run, address = home) {
  const endpoint = await Endpoint.start(stage.program, join(stage.folder, "endpoint"), given, stage.sounds);
  const counsellor = await Phone.start(stage.folder, "c1", { account: `sip:c1@${address}:${endpoint.ports.udp}`, address, speech: join(stage.sounds, "counsellor.wav") });
  await endpoint.saw("device", { name: "c1", there: 1 });
  await run(endpoint, counsellor);
  await counsellor.stop();
  await endpoint.stop();
}

const talk = (capture, speech) => [step.pause(500), step.play(capture), step.pause(1800), step.play(speech), step.pause(3600)];

/** The same call each time: 1, a counsellor, some words. */
function talkScenario(body, capture, speech, more = {}, to = (ports) => ports.udp) {
  return (stage) => withCounsellor(stage, {}, async (endpoint, counsellor) => {
    await sipp(stage.folder, "caller", [...call(body), ...talk(capture, speech), ...bye(2)], { to: to(endpoint.ports), sounds: stage.sounds, ...more });
    assert.equal((await endpoint.saw("digit")).digit, "1");
    await endpoint.saw("ended", { why: "hung_up" });
    assert.equal(endpoint.count("digit"), 1, "a digit is told once");
    assert.equal(endpoint.count("joined"), 1);
    const { score } = await until("the counsellor's recording", () => counsellor.recording() && heard(counsellor.recording(), join(stage.sounds, "caller.wav")));
    assert.ok(score > 0.9, `the counsellor heard the caller: ${score}`);
  });
}

/** The counsellor puts the caller on hold before the caller speaks, and perhaps takes it back. */
function held(resumed) {
  return (stage) => withCounsellor(stage, {}, async (endpoint, counsellor) => {
    const caller = sipp(stage.folder, "caller", [...call(), step.pause(300), step.play("event_1.pcap"), step.pause(3000), step.play("caller_pcma.pcap"), step.pause(4000), ...bye(2)], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("joined");
    endpoint.say("hold");
    await new Promise((next) => setTimeout(next, 500));
    if (resumed) endpoint.say("resume");
    await caller;
    await endpoint.saw("ended");
    const { score } = await until("the counsellor's recording", () => counsellor.recording() && heard(counsellor.recording(), join(stage.sounds, "caller.wav")));
    assert.ok(resumed ? score > 0.9 : score < 0.7, `${score}`);
  });
}

const info = (number, type, body) => [step.within("INFO", number, { type, body }), step.expect(200)];

export default {
  "a caller over UDP presses 1 (RFC 4733) and talks with a counsellor": talkScenario(sdp(), "event_1.pcap", "caller_pcma.pcap"),
  "the same over TCP": talkScenario(sdp(), "event_1.pcap", "caller_pcma.pcap", { transport: "t1" }, (ports) => ports.tcp),
  "digits as audible tones, PCMU, where the telephone has no other way": talkScenario(sdp(audio.pcmu), "tone_1_pcmu.pcap", "caller_pcmu.pcap"),
  "telephone-event under another number, 96": talkScenario(sdp(audio.events96), "event96_1.pcap", "caller_pcma.pcap"),
  "a caller with packets of 10 ms": talkScenario(sdp(audio.pcma, { ptime: 10 }), "event_1.pcap", "caller_10ms.pcap"),
  "a caller with packets of 30 ms": talkScenario(sdp(audio.pcma, { ptime: 30 }), "event_1.pcap", "caller_30ms.pcap"),
  "a caller with packets of 40 ms": talkScenario(sdp(audio.pcma, { ptime: 40 }), "event_1.pcap", "caller_40ms.pcap"),
  "sound, video and text are offered: sound is taken": talkScenario(
    sdp(audio.pcma, { before: "m=video 40000 RTP/AVP 96\na=rtpmap:96 VP8/90000", sections: "m=text 40002 RTP/AVP 98\na=rtpmap:98 t140/1000" }), "event_1.pcap", "caller_pcma.pcap"),

  "digits by INFO, dtmf-relay and dtmf, and what is no digit": async (stage) => {
    const endpoint = await Endpoint.start(stage.program, join(stage.folder, "endpoint"), {}, stage.sounds);
    await sipp(stage.folder, "caller", [...call(), step.pause(200), ...info(2, "application/dtmf-relay", "Signal=5\nDuration=160"), ...info(3, "application/dtmf", "7"),
      ...info(4, "application/dtmf-relay", "Signal=11\nDuration=160"), step.within("INFO", 5, { type: "text/plain", body: "9" }), step.expect(415), ...bye(6)], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("ended");
    assert.deepEqual(endpoint.all("digit").map((one) => one.digit), ["5", "7", "#"]);
    await endpoint.stop();
  },

  // A trunk's sound comes from where its SDP says, so the caller's softphone is at the address that it writes there.
  "a softphone calls, hears the welcome and then the counsellor": (stage) => withCounsellor(stage, { listen: outer, trunks: outer }, async (endpoint, counsellor) => {
    const caller = await Phone.start(stage.folder, "caller", { account: `sip:caller@${outer}:${endpoint.ports.udp}`, address: outer, speech: join(stage.sounds, "supervisor.wav"), registers: false });
    await caller.command("dial", `sip:helpline@${outer}:${endpoint.ports.udp}`);
    await endpoint.saw("incoming");
    await new Promise((next) => setTimeout(next, 3500));
    await caller.command("sndcode", "1");
    await endpoint.saw("joined");
    await new Promise((next) => setTimeout(next, 4500));
    await caller.command("hangup");
    await endpoint.saw("ended", { why: "hung_up" });
    await caller.stop();
    for (const [file, words] of [[caller.recording(), "welcome.wav"], [caller.recording(), "one.wav"], [counsellor.recording(), "other.wav"]]) {
      const { score } = heard(file, join(stage.sounds, words));
      assert.ok(score > 0.9, `${words}: ${score}`);
    }
    assert.ok(heard(caller.recording(), join(stage.sounds, "other.wav")).score < 0.7, "nobody hears themselves");
  }, outer),

  "the counsellor hangs up: music, then good-bye to its end, then BYE": (stage) => withCounsellor(stage, {}, async (endpoint) => {
    const caller = sipp(stage.folder, "caller", [...call(), step.pause(300), step.play("event_1.pcap"), step.pause(1500), step.play("event_3.pcap"), ...byeComes()], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("joined");
    endpoint.say("hang_up_device");
    await endpoint.saw("played", { id: 3 });
    await caller;
  }),

  "who is on hold is not heard": held(false),
  "and is heard again when the counsellor comes back": held(true),

  "a message is recorded until #, in frames of A-law whatever came": async (stage) => {
    const endpoint = await Endpoint.start(stage.program, join(stage.folder, "endpoint"), {}, stage.sounds);
    await sipp(stage.folder, "caller", [...call(sdp(audio.pcmuEvents)), step.pause(300), step.play("event_2.pcap"), step.pause(700), step.play("caller_pcmu.pcap"), step.pause(6600), step.play("event_hash.pcap"), step.pause(500), ...bye(2)], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("recorded");
    const wav = join(stage.folder, "recorded.wav");
    execFileSync("sox", ["-t", "al", "-r", "8000", "-c", "1", join(endpoint.folder, "recorded.alaw"), "-e", "signed-integer", "-b", "16", wav]);
    const { score } = heard(wav, join(stage.sounds, "caller.wav"));
    assert.ok(score > 0.95, `${score}`);
    assert.ok(Math.abs(loudSeconds(wav) - loudSeconds(join(stage.sounds, "caller.wav"))) < 0.3, "all of it, once");
    assert.deepEqual(endpoint.all("voice").map((one) => one.speaks), [1]);
    await endpoint.stop();
  },
};
