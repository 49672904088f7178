// Counsellors' telephones: how they sign in, and what happens when they are rung.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { Endpoint, home, Phone, Sipp, sipp, until } from "../peers.mjs";
import { audio, bye, call, sdp, step } from "../sipp.mjs";
import { heard } from "../sound.mjs";
import { Rawsip, challenge, response } from "../raw.mjs";

const begin = (stage, given = {}) => Endpoint.start(stage.program, join(stage.folder, "endpoint"), given, stage.sounds);

/** Signs a telephone in by hand, at `port`, where sipp will be rung. */
async function signIn(endpoint, port, name = "c1", { password = "gentle", expires = 60 } = {}) {
  const raw = await Rawsip.open(endpoint.ports.udp, port);
  const answer = await raw.register(name, password, expires);
  await raw.close();
  return answer;
}

/** A caller presses 1, the telephone does `steps`, and the caller waits until the end says so. */
function rung(steps, check, { given = {}, caller = [...call(), step.pause(300), step.play("event_1.pcap"), step.pause(2500), ...bye(2)] } = {}) {
  return async (stage) => {
    const endpoint = await begin(stage, given);
    const port = 20000 + Math.floor(Math.random() * 2000) * 2;
    assert.match(await signIn(endpoint, port), /^SIP\/2.0 200/);
    const phone = await Sipp.start(stage.folder, "phone", steps, { port, sounds: stage.sounds });
    const calling = sipp(stage.folder, "caller", caller, { to: endpoint.ports.udp, sounds: stage.sounds });
    await check(endpoint, stage);
    await calling;
    await phone.done();
    await endpoint.stop();
  };
}

const refusal = (status, reason, headers) => [step.await("INVITE"), step.answer(180, "Ringing"), step.answer(status, reason, { headers }), step.await("ACK")];
const answers = [step.await("INVITE"), step.answer(180, "Ringing"), step.pause(200), step.answer(200, "OK", { body: sdp(audio.pcma, { port: "[media_port]" }) }), step.await("ACK")];

const scenarios = {
  "a telephone that is busy": rung(refusal(486, "Busy Here"), (endpoint) => endpoint.saw("ended", { why: "busy" })),
  "a telephone that declines": rung(refusal(603, "Decline"), (endpoint) => endpoint.saw("ended", { why: "declined" })),
  "a telephone that does not answer is let go": rung([step.await("INVITE"), step.answer(180, "Ringing"), step.await("CANCEL"), step.answer(200, "OK", { tag: false })],
    (endpoint) => endpoint.saw("ended", { why: "no_answer" }), { given: { ring: 1 } }),
  "a telephone that hangs up after a moment": rung([...answers.slice(0, -1), step.ackOfOurs(), step.pause(600), step.byeOfPhone(), step.expect(200)],
    async (endpoint) => { await endpoint.saw("joined"); await endpoint.saw("ended", { leg: 2, why: "hung_up" }); }),
  "a caller who hangs up while a telephone rings": rung([step.await("INVITE"), step.answer(180, "Ringing"), step.await("CANCEL"), step.answer(200, "OK", { tag: false })],
    (endpoint) => endpoint.saw("ended", { leg: 1, why: "hung_up" }), { caller: [...call(), step.pause(300), step.play("event_1.pcap"), step.pause(800), ...bye(2)] }),

  "a telephone that sends its calls elsewhere (302) is not followed": async (stage) => {
    const elsewhere = await Rawsip.open(1);
    await rung(refusal(302, "Moved Temporarily", [`Contact: <sip:+33123456789@${home}:${elsewhere.port}>`]), async (endpoint) => {
      await endpoint.saw("ended", { leg: 2 });
    })(stage);
    assert.deepEqual(elsewhere.messages, [], "nothing was sent to the other address");
    await elsewhere.close();
  },

  "TLS and SRTP: a softphone is rung over the connection it opened": async (stage) => {
    const certificate = join(stage.sounds, "certificate.pem");
    const endpoint = await begin(stage, { devices: "tls", certificate, key: join(stage.sounds, "key.pem") });
    const phone = await Phone.start(stage.folder, "c1", { account: `sip:c1@${home}:${endpoint.ports.tls};transport=tls`, speech: join(stage.sounds, "counsellor.wav"), parameters: ";mediaenc=srtp-mand", authorities: certificate });
    await endpoint.saw("device", { there: 1 });
    await sipp(stage.folder, "caller", [...call(), step.pause(300), step.play("event_1.pcap"), step.pause(1500), step.play("caller_pcma.pcap"), step.pause(3600), ...bye(2)], { to: endpoint.ports.udp, sounds: stage.sounds });
    const { score } = await until("the recording", () => phone.recording() && heard(phone.recording(), join(stage.sounds, "caller.wav")));
    assert.ok(score > 0.9, `heard through SRTP: ${score}`);
    await phone.stop();
    await endpoint.stop();
  },
  "without TLS a telephone may not sign in where TLS is wanted": async (stage) => {
    const endpoint = await begin(stage, { devices: "tls" });
    const raw = await Rawsip.open(endpoint.ports.udp);
    assert.match(await raw.ask(raw.request("REGISTER", { user: "c1" })), /^SIP\/2.0 403/);
    await raw.close();
    await endpoint.stop();
  },

  "a binding ends when it is over, and when the telephone says so": async (stage) => {
    const endpoint = await begin(stage);
    assert.match(await signIn(endpoint, undefined, "c1", { expires: 1 }), /^SIP\/2.0 200/);
    await endpoint.saw("device", { name: "c1", there: 1 });
    await endpoint.saw("device", { name: "c1", there: 0 });
    await signIn(endpoint, undefined, "c2");
    await endpoint.saw("device", { name: "c2", there: 1 });
    await signIn(endpoint, undefined, "c2", { expires: 0 });
    await endpoint.saw("device", { name: "c2", there: 0 });
    endpoint.say("ring");
    await endpoint.saw("ringing", { leg: 0 });
    await endpoint.stop();
  },
  "who has a wrong password, and who does not exist, hear the same; five times, and the right one does not help": async (stage) => {
    const endpoint = await begin(stage);
    const raw = await Rawsip.open(endpoint.ports.udp);
    const plain = (text) => text.replace(/nonce="[^"]*"/, "").replace(/^(Via|From|To|Call-ID|CSeq):.*$/gm, "").replaceAll("\r", "");
    const times = [[], []], texts = [];
    for (let at = 0; at < 4; at++)
      for (const [index, name] of ["c1", "nobody"].entries()) {
        const begun = performance.now();
        texts.push(plain(await raw.register(name, "wrong", 60)));
        times[index].push(performance.now() - begun);
      }
    assert.ok(texts.every((text) => text.startsWith("SIP/2.0 401") && text === texts[0]), "the same bytes");
    const middle = (list) => [...list].sort((a, b) => a - b)[2];
    assert.ok(Math.abs(middle(times[0]) - middle(times[1])) < 60, `the same time: ${middle(times[0])} and ${middle(times[1])} ms`);
    assert.match(await raw.register("c1", "wrong", 60), /^SIP\/2.0 401/);
    assert.equal(plain(await raw.register("c1", "gentle", 60)), texts[0], "locked, and not told so");
    assert.match(await raw.register("c2", "gentle", 60), /^SIP\/2.0 200/);
    await raw.close();
    await endpoint.stop();
  },
  "a nonce of our own making, of another address or of another time is worth nothing": async (stage) => {
    const endpoint = await begin(stage);
    const raw = await Rawsip.open(endpoint.ports.udp);
    const invented = `Authorization: ${response("c1", "gentle", "REGISTER", `sip:${home}`, "123-0123456789abcdef0123456789abcdef")}`;
    assert.match(await raw.ask(raw.request("REGISTER", { user: "c1", headers: [invented, `Contact: <sip:c1@${home}>`] })), /^SIP\/2.0 401/);
    const other = await Rawsip.open(endpoint.ports.udp, undefined, "127.0.0.2");
    const { nonce } = challenge(await other.ask(other.request("REGISTER", { user: "c1" })));
    assert.match(await raw.ask(raw.request("REGISTER", { user: "c1", headers: [`Authorization: ${response("c1", "gentle", "REGISTER", `sip:${home}`, nonce)}`, `Contact: <sip:c1@${home}>`] })), /^SIP\/2.0 401/);
    assert.equal(endpoint.count("device"), 0);
    await raw.close();
    await other.close();
    await endpoint.stop();
  },
};

scenarios["who has a wrong password, and who does not exist, hear the same; five times, and the right one does not help"].alone = true;
export default scenarios;
