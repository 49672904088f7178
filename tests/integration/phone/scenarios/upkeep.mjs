// What happens within a call: refresh, hold, resume, UPDATE; and what an offer may look like.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { Endpoint, home, kamailio, Sipp, sipp, until } from "../peers.mjs";
import { Rawsip } from "../raw.mjs";
import { audio, bye, byeComes, call, sdp, step } from "../sipp.mjs";

const begin = (stage, given = {}) => Endpoint.start(stage.program, join(stage.folder, "endpoint"), given, stage.sounds);

const again = (number, direction) => [step.again(number, sdp(audio.pcma, { version: number, direction })), step.answered(), step.ack(number)];
const upkeep = [...call(), step.pause(300), ...again(2, "sendrecv"), step.pause(200), ...again(3, "sendonly"), step.pause(300), ...again(4, "sendrecv"), step.pause(200),
  step.within("UPDATE", 5, { headers: ["Session-Expires: 90;refresher=uac", "Supported: timer"] }), step.holds(200, "Session-Expires: 90;refresher=uac"),
  step.within("UPDATE", 6, { body: sdp(audio.pcma, { version: 6 }) }), step.holds(200, "m=audio [1-9]"),
  // A REFER would have us call somebody.
  step.within("REFER", 7, { headers: ["Refer-To: <sip:+33123456789@192.0.2.66>"] }), step.expect(405), ...bye(8)];

/** One scenario of a caller, and that the endpoint stays whole. */
function alone(steps, check = async () => {}, options = {}) {
  return async (stage) => {
    const endpoint = await begin(stage, options.given);
    await sipp(stage.folder, "caller", steps, { to: endpoint.ports.udp, sounds: stage.sounds, ...options });
    await check(endpoint);
    await endpoint.stop();
  };
}

const refused = (status, body, options = {}, holds) => alone([step.invite(body, options), step.maybe(100), holds ? step.holds(status, holds) : step.expect(status), step.ackRefusal()],
  async (endpoint) => assert.equal(endpoint.count("incoming"), 0));

const scenarios = {
  "refresh by re-INVITE, hold, resume, UPDATE, and a REFER that leads nowhere": alone(upkeep, (endpoint) => endpoint.saw("ended", { why: "hung_up" })),
  "the same through a carrier's proxy with Record-Route, which asserts the number": async (stage) => {
    const endpoint = await begin(stage);
    const proxy = await kamailio(stage.folder, endpoint.ports.udp);
    await sipp(stage.folder, "caller", upkeep, { to: proxy.port, sounds: stage.sounds });
    assert.equal((await endpoint.saw("incoming")).caller, "+212600000002");
    await endpoint.saw("ended", { why: "hung_up" });
    await endpoint.stop();
  },
  "an INVITE without an offer gets ours, and the ACK the answer": alone([step.invite(""), step.maybe(100, 180), step.holds(200, "m=audio [1-9][0-9]* RTP/AVP 8 0 101", 'rrs="true"'), step.ack(1, sdp()), step.pause(300), step.play("event_3.pcap"), ...byeComes()],
    (endpoint) => endpoint.saw("digit", { digit: "3" })),
  "an offer without a codec that we have is refused": refused(488, sdp(audio.opus)),
  "an offer with an address of the other family is refused": refused(488, sdp(audio.pcma, { family: "IP6", address: "2001:db8::1" })),
  "an offer without sound is refused": refused(488, "v=0\no=sipp 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 40000 RTP/AVP 96\na=rtpmap:96 VP8/90000"),
  "keys that were not sent within TLS are refused": refused(488, sdp().replace("RTP/AVP", "RTP/SAVP") + "\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"),
  "an extension that we have not is named": refused(420, sdp(), { headers: ["Require: 100rel"] }, "Unsupported: 100rel"),
  "a session timer that is too short is refused, with ours": refused(422, sdp(), { headers: ["Supported: timer", "Session-Expires: 30"] }, "Min-SE: 90"),
  "a number that is not ours is not found": refused(404, sdp(), { to: "sip:+33123456789@[remote_ip]:[remote_port]" }),

  "a session timer is accepted, and we refresh in its middle": alone([step.invite(sdp(), { headers: ["Supported: timer", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE", "Session-Expires: 90"] }), step.maybe(100, 180),
    step.holds(200, "Session-Expires: 90;refresher=uas", 'rrs="true"'), step.ack(), step.await("UPDATE", 'timeout="50000"'), step.answer(200, "OK", { tag: false, headers: ["Session-Expires: 90;refresher=uac"] }), ...bye(2)]),
  "an ACK that is lost ends the call after its 32 s": async (stage) => {
    const endpoint = await begin(stage);
    const caller = await Sipp.start(stage.folder, "caller", [step.invite(), step.maybe(100, 180), step.expect(200), step.await("BYE", 'timeout="40000"')], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("ended", { why: "lost" }, 40000);
    caller.child.kill("SIGKILL");
    await endpoint.stop();
  },

  "a caller gives up while it rings": alone([step.invite(), step.maybe(100), step.expect(180), step.pause(200), step.cancel(), step.expect(200), step.expect(487), step.ackRefusal()],
    (endpoint) => endpoint.saw("ended", { why: "hung_up" }), { given: { ring_only: 1 } }),
  "a call that is not taken hears busy, and when to try again": async (stage) => {
    const endpoint = await begin(stage, { ring_only: 1 });
    const caller = sipp(stage.folder, "caller", [step.invite(), step.maybe(100), step.expect(180), step.holds(486, "Retry-After: 10"), step.ackRefusal()], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("incoming");
    endpoint.say("refuse");
    await caller;
    assert.equal(endpoint.count("ended"), 0);
    await endpoint.stop();
  },
  "both hang up at the same time": async (stage) => {
    const endpoint = await begin(stage);
    const raw = await Rawsip.open(endpoint.ports.udp);
    const body = ["v=0", `o=- 1 1 IN IP4 ${home}`, "s=-", `c=IN IP4 ${home}`, "t=0 0", "m=audio 40000 RTP/AVP 8", ""].join("\r\n");
    const invite = raw.request("INVITE", { headers: [`Contact: <sip:caller@${home}:${raw.port}>`, "Content-Type: application/sdp"], body });
    const answer = await raw.ask(invite);
    assert.match(answer, /^SIP\/2.0 200/);
    const within = (method, number) => invite.slice(0, invite.indexOf("Contact:")).replace(/^INVITE/, method).replace(/branch=\w+/, `branch=z9hG4bK${method}${number}`)
      .replace(/^To: .*$/m, /^To: .*$/m.exec(answer)[0]).replace("1 INVITE", `${number} ${method}`) + "Content-Length: 0\r\n\r\n";
    await raw.send(within("ACK", 1));
    await endpoint.saw("incoming");
    endpoint.say("hang_up");
    const theirs = await until("their BYE", () => raw.messages.find((one) => one.startsWith("BYE ")));
    assert.match(await raw.ask(within("BYE", 2)), /^SIP\/2.0 (200|481)/);
    await raw.send(theirs.replace(/^BYE .*$/m, "SIP/2.0 200 OK"));
    await raw.close();
    await endpoint.stop();
  },
  "the endpoint ends: whoever talks hears BYE, whoever rings is refused, and it waits for no answer that does not come": async (stage) => {
    const endpoint = await begin(stage, { ring_only: 1 });
    const talking = sipp(stage.folder, "talking", [...call(), ...byeComes()], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("incoming");
    endpoint.say("answer");
    const ringing = sipp(stage.folder, "ringing", [step.invite(), step.maybe(100), step.expect(180), step.expect(486), step.ackRefusal()], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("incoming", {}, 8000, 2);
    const dead = await Sipp.start(stage.folder, "dead", [step.invite(), step.answered(), step.ack(), step.pause(20000)], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("incoming", {}, 8000, 3);
    endpoint.say("answer");
    await new Promise((next) => setTimeout(next, 200));
    dead.child.end("SIGKILL");
    await dead.child.over;
    await endpoint.stop();
    await Promise.all([talking, ringing]);
  },
  "a hidden number stays hidden, whatever else is said": alone([step.invite(sdp(), { headers: ["Privacy: id", "P-Asserted-Identity: <sip:+212600000003@carrier.test>"] }), step.answered(), step.ack(), ...bye(2),
  ], async (endpoint) => assert.equal((await endpoint.saw("incoming")).caller, "-")),
  "with all lines taken the network says busy, and when to try again": async (stage) => {
    const endpoint = await begin(stage, { calls_max: 1 });
    const first = sipp(stage.folder, "first", [...call(), step.pause(1500), ...bye(2)], { to: endpoint.ports.udp, sounds: stage.sounds });
    await endpoint.saw("incoming");
    await sipp(stage.folder, "second", [step.invite(), step.maybe(100), step.holds(486, "Retry-After: 10"), step.ackRefusal()], { to: endpoint.ports.udp, sounds: stage.sounds });
    await first;
    await endpoint.stop();
  },
};

// They wait for the timers of the protocol.
for (const name of ["a session timer is accepted, and we refresh in its middle", "an ACK that is lost ends the call after its 32 s"]) scenarios[name].waits = true;
export default scenarios;
