// The carrier: the node registers there, is called from there, and calls people back through it, and
// nowhere else.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:tls";
import { Endpoint, ha1, home, Phone, sipp, until } from "../peers.mjs";
import { bye, call, step } from "../sipp.mjs";
import { Rawsip } from "../raw.mjs";

const begin = (stage, given) => Endpoint.start(stage.program, join(stage.folder, "endpoint"), given, stage.sounds);
const md5 = (text) => createHash("md5").update(text).digest("hex");
const field = (text, name) => new RegExp(`^${name}: *(.*)$`, "mi").exec(text)?.[1].trim();

/** A carrier's registrar. `invited`: what it says to an INVITE. */
class Carrier {
  static async open(invited = () => "486 Busy Here") {
    const carrier = new Carrier();
    Object.assign(carrier, { raw: await Rawsip.open(0), invites: [], registered: 0, wrong: 0 });
    carrier.raw.socket.on("message", (bytes, from) => {
      const text = bytes.toString("latin1"), method = text.split(" ")[0];
      const answer = (status, headers = []) => carrier.raw.socket.send([`SIP/2.0 ${status}`, ...text.split("\r\n").filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line)),
        `To: ${field(text, "To")}${/;tag=/.test(field(text, "To")) ? "" : ";tag=carrier"}`, ...headers, "Content-Length: 0", "", ""].join("\r\n"), from.port, from.address);
      if (method === "INVITE") {
        if (!carrier.invites.includes(text)) carrier.invites.push(text);
        const [status, ...headers] = invited(text);
        answer(status, headers);
      }
      if (method !== "REGISTER") return;
      const proof = field(text, "Authorization"), get = (name) => new RegExp(`${name}="?([^",]*)`).exec(proof)?.[1];
      if (!proof) return answer("401 Unauthorized", ['WWW-Authenticate: Digest realm="carrier", nonce="n1", qop="auth", algorithm=MD5']);
      const right = md5(`${ha1("node", "gentle", "carrier")}:n1:${get(" nc")}:${get("cnonce")}:auth:${md5(`REGISTER:${get("uri")}`)}`);
      if (get("response") !== right) { carrier.wrong++; return answer("403 Forbidden"); }
      carrier.registered++;
      answer("200 OK", [`Contact: ${field(text, "Contact")};expires=600`]);
    });
    return carrier;
  }
  get address() { return `sip:${home}:${this.raw.port}`; }
}

export default {
  "the node registers, and calls back whom the rules allow, as often as they allow": async (stage) => {
    const carrier = await Carrier.open(() => ["486 Busy Here"]);
    const endpoint = await begin(stage, { registration: carrier.address, trunks: "192.0.2.200" });
    await until("its registration", () => carrier.registered === 1);
    for (const number of ["+33123456789", "+212600990001", "+212600000004;phone-context=x", "0", "+212600000004@192.0.2.66", "sip:+212600000004"]) endpoint.say(`call ${number}`);
    await endpoint.saw("called", {}, 3000, 6);
    assert.ok(endpoint.all("called").every((one) => one.leg === 0));
    for (let n = 0; n < 4; n++) endpoint.say(`call +21260000000${n}`);
    await endpoint.saw("called", {}, 3000, 10);
    assert.deepEqual(endpoint.all("called").slice(6).map((one) => one.leg !== 0), [true, true, true, false], "three in an hour");
    await endpoint.saw("ended", { why: "busy" }, 3000, 3);
    assert.equal(carrier.invites.length, 3);
    for (const [n, text] of carrier.invites.entries()) {
      assert.match(text, new RegExp(`^INVITE sip:\\+21260000000${n}@127.0.0.1:${carrier.raw.port} `));
      assert.match(field(text, "From"), /sip:\+212600000009@/);
    }
    // Whoever it is registered with may call, though no address was listed.
    const answer = await (async () => { carrier.raw.to = endpoint.ports.udp; return carrier.raw.ask(carrier.raw.request("INVITE", { user: "+33123456789" })); })();
    assert.match(answer, /^SIP\/2.0 404/);
    await endpoint.stop();
    await carrier.raw.close();
  },

  "a carrier that sends our call elsewhere (302) is not followed": async (stage) => {
    const elsewhere = await Rawsip.open(1);
    const carrier = await Carrier.open(() => ["302 Moved Temporarily", `Contact: <sip:+33123456789@${home}:${elsewhere.port}>`]);
    const endpoint = await begin(stage, { registration: carrier.address });
    await until("its registration", () => carrier.registered === 1);
    endpoint.say("call +212600000004");
    await endpoint.saw("ended");
    assert.equal(carrier.invites.length, 1);
    assert.ok(!carrier.invites.some((text) => text.includes("+33123456789")));
    assert.deepEqual(elsewhere.messages, []);
    await endpoint.stop();
    await elsewhere.close();
    await carrier.raw.close();
  },

  "a carrier over TLS is believed only if one of our own authorities vouches for it": async (stage) => {
    const certificate = join(stage.sounds, "certificate.pem"), key = join(stage.sounds, "key.pem"), other = join(stage.folder, "other.pem");
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=other", "-keyout", join(stage.folder, "other.key"), "-out", other], { stdio: "ignore" });
    for (const [authorities, believed] of [[certificate, true], [other, false]]) {
      let asked = "", connections = 0;
      const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
      server.on("connection", () => connections++).on("tlsClientError", () => {}).on("secureConnection", (socket) => {
        socket.on("error", () => {}).on("data", (bytes) => { asked += bytes; });
      });
      await new Promise((bound) => server.listen(0, home, bound));
      const endpoint = await begin({ ...stage, folder: join(stage.folder, `${believed}`) }, { certificate, key, authorities, registration: `sip:${home}:${server.address().port};transport=tls` });
      await until("a connection", () => connections > 0);
      if (believed) await until("REGISTER", () => asked.startsWith("REGISTER "));
      else await new Promise((next) => setTimeout(next, 500));
      assert.equal(asked.length > 0, believed);
      await endpoint.stop();
      server.close();
    }
  },
};
