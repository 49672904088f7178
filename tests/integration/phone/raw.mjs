// SIP by hand over UDP, for what no real telephone sends.
import { createHash, randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { ha1, home, until } from "./peers.mjs";

const md5 = (text) => createHash("md5").update(text).digest("hex");

/** The value of Authorization, RFC 2617 with qop=auth. */
export function response(user, password, method, uri, nonce, realm = "sanad") {
  const cnonce = randomBytes(4).toString("hex");
  const proof = md5(`${ha1(user, password, realm)}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${proof}", qop=auth, nc=00000001, cnonce="${cnonce}", algorithm=MD5`;
}

export function challenge(text) {
  return { realm: /realm="([^"]*)"/.exec(text)?.[1], nonce: /nonce="([^"]*)"/.exec(text)?.[1] };
}

export class Rawsip {
  static async open(to, port = 0, address = home) {
    const raw = new Rawsip();
    Object.assign(raw, { to, address, messages: [], number: 0, socket: dgram.createSocket("udp4") });
    raw.socket.on("message", (bytes) => raw.messages.push(bytes.toString("latin1")));
    await new Promise((bound) => raw.socket.bind(port, address, bound));
    raw.port = raw.socket.address().port;
    return raw;
  }
  close() { return new Promise((closed) => this.socket.close(closed)); }
  send(bytes) { return new Promise((sent) => this.socket.send(bytes, this.to, home, sent)); }

  request(method, { user = "helpline", headers = [], body = "", from = "caller", callId = randomBytes(8).toString("hex"), number = ++this.number } = {}) {
    const uri = method === "REGISTER" ? `sip:${home}` : `sip:${user}@${home}:${this.to}`;
    return [`${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${this.address}:${this.port};rport;branch=z9hG4bK${randomBytes(6).toString("hex")}`,
      `From: <sip:${method === "REGISTER" ? user : from}@${home}>;tag=${randomBytes(4).toString("hex")}`, `To: <sip:${user}@${home}>`, `Call-ID: ${callId}`, `CSeq: ${number} ${method}`,
      "Max-Forwards: 70", ...headers, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
  }
  /** Sends it, and waits for the final answer. */
  async ask(text, ms = 3000) {
    const callId = /Call-ID: (\S+)/.exec(text)[1], number = /CSeq: (\d+)/.exec(text)[1];
    await this.send(text);
    return until("an answer", () => this.messages.find((one) => /^SIP\/2.0 [2-6]/.test(one) && one.includes(callId) && one.includes(`CSeq: ${number} `)), ms);
  }
  async register(user, password, expires) {
    const contact = `Contact: <sip:${user}@${this.address}:${this.port}>`, callId = randomBytes(8).toString("hex");
    const { nonce } = challenge(await this.ask(this.request("REGISTER", { user, callId, headers: [contact] })));
    return this.ask(this.request("REGISTER", { user, callId, headers: [contact, `Expires: ${expires}`, `Authorization: ${response(user, password, "REGISTER", `sip:${home}`, nonce)}`] }));
  }
}
