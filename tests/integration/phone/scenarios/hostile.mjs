// What strangers send: a scanner, a flood, the messages of RFC 4475, and 100,000 broken ones.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { Endpoint, home, sipp, until } from "../peers.mjs";
import { bye, call, sdp, step } from "../sipp.mjs";
import { Rawsip } from "../raw.mjs";
import { mutate, random, torture } from "../broken.mjs";

const begin = (stage, given = {}) => Endpoint.start(stage.program, join(stage.folder, "endpoint"), given, stage.sounds);

/** A call still works, with a digit, and the endpoint still ends by itself. */
async function stillThere(stage, endpoint, name = "after") {
  const digits = endpoint.count("digit");
  await sipp(stage.folder, name, [...call(), step.pause(200), step.play("event_2.pcap"), step.pause(500), ...bye(2)], { to: endpoint.ports.udp, sounds: stage.sounds });
  await until("its digit", () => endpoint.count("digit") === digits + 1);
}

const body = ["v=0", `o=- 1 1 IN IP4 ${home}`, "s=-", `c=IN IP4 ${home}`, "t=0 0", "m=audio 40000 RTP/AVP 8 0 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", ""].join("\r\n");

/** As many as one source may hear since then: its second, and 50 for each that has passed. */
const answers = (begun) => 51 + (Date.now() - begun) / 20;

const scenarios = {
  "a scanner that is no trunk finds nothing: 404, and silence beyond its budget": async (stage) => {
    const endpoint = await begin(stage);
    const scanner = await Rawsip.open(endpoint.ports.udp, 0, "127.0.0.9"), begun = Date.now();
    for (let n = 0; n < 200; n++) await scanner.send(scanner.request("INVITE", { user: n % 2 ? "helpline" : `900${n}33123456789`, headers: [`Contact: <sip:x@127.0.0.9:${scanner.port}>`, "Content-Type: application/sdp"], body }));
    await until("answers", () => scanner.messages.length >= 40);
    await new Promise((next) => setTimeout(next, 300));
    assert.ok(scanner.messages.length <= answers(begun), `${scanner.messages.length} answers to 200`);
    assert.ok(scanner.messages.every((text) => text.startsWith("SIP/2.0 404")));
    assert.equal(endpoint.count("incoming"), 0);
    await scanner.close();
    await endpoint.stop();
  },

  "a flood from one address does not disturb a call from another": async (stage) => {
    const endpoint = await begin(stage);
    await stillThere(stage, endpoint, "before");
    const before = endpoint.memory();
    const flood = await Rawsip.open(endpoint.ports.udp, 0, "127.0.0.9");
    let on = true, sent = 0;
    const begun = Date.now();
    const flooding = (async () => {
      while (on) {
        for (let n = 0; n < 80; n++, sent++) flood.socket.send(flood.request("INVITE", { user: `9001${n}`, body: "" }), endpoint.ports.udp, home);
        await new Promise((next) => setTimeout(next, 20));
      }
    })();
    await stillThere(stage, endpoint);
    await until("all of the flood", () => sent >= 4000, 20000);
    on = false;
    await flooding;
    assert.ok(flood.messages.length <= answers(begun), "silence beyond the budget");
    assert.ok(endpoint.memory() - before < 8000, `${endpoint.memory() - before} kB more`);
    await flood.close();
    await endpoint.stop();
  },

  "the messages of RFC 4475 are answered or ignored, and a call works after each half of them": async (stage) => {
    const endpoint = await begin(stage, { rate: 100000 });
    const raw = await Rawsip.open(endpoint.ports.udp);
    const messages = torture(home, raw.port);
    assert.ok(messages.length > 30);
    for (const [at, text] of messages.entries()) {
      await raw.send(Buffer.from(text, "latin1"));
      if (at === messages.length >> 1) await stillThere(stage, endpoint, "between");
    }
    await stillThere(stage, endpoint);
    assert.ok(raw.messages.every((text) => /^SIP\/2.0 [1-6]\d\d |^(BYE|CANCEL|OPTIONS) /.test(text)), "only whole answers");
    await raw.close();
    await endpoint.stop();
  },

  "100,000 broken datagrams, always the same: no end, no growth": async (stage) => {
    const endpoint = await begin(stage, { rate: 1000000, calls_max: 60, ring_only: 1 });
    const raw = await Rawsip.open(endpoint.ports.udp);
    const chance = random(20260101);
    const methods = ["INVITE", "INVITE", "INVITE", "REGISTER", "OPTIONS", "BYE", "ACK", "CANCEL", "INFO", "SUBSCRIBE", "REFER", "PRACK", "UPDATE", "X"];
    const whole = (method) => raw.request(method, { body: method === "INVITE" ? body : "", headers: [`Contact: <sip:x@${home}:${raw.port}>`, "Supported: timer,100rel", "Session-Expires: 90", 'Authorization: Digest username="c1", realm="sanad", nonce="1-2", uri="sip:x", response="00"', ...(method === "INVITE" ? ["Content-Type: application/sdp"] : [])] });
    const send = async (count) => {
      for (let n = 0; n < count; n++) {
        raw.socket.send(mutate(Buffer.from(whole(methods[chance(methods.length)]), "latin1"), chance), endpoint.ports.udp, home);
        if (n % 40 === 0) await new Promise((next) => setTimeout(next, 4));
        raw.messages.length = 0;
      }
    };
    await send(30000);
    const first = endpoint.memory();
    await send(70000);
    assert.equal(endpoint.child.exitCode, null, "it is still there");
    const grown = endpoint.memory() - first;
    assert.ok(grown < 16000, `${grown} kB more after 70,000`);
    await raw.close();
    await endpoint.stop();
  },
};
for (const run of Object.values(scenarios)) run.alone = true;
export default scenarios;
