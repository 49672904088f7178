// A child's page without a browser: the rules of plugins/channels/webchat/web, so that what it shows is what a
// child would see.
import WebSocket from "ws";
import { randomBytes } from "node:crypto";

export class Page {
  constructor(port) {
    Object.assign(this, { port, shown: new Map(), waiting: [], newest: 0, reconnects: 0, ticks: [] });
    this.connect();
  }
  connect() {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/chat`, { origin: `http://127.0.0.1:${this.port}` });
    this.socket = socket;
    socket.on("open", () => this.say({ t: "hello", after: this.newest, press: 1, ...(this.token && { token: this.token }) }));
    socket.on("message", (bytes) => socket === this.socket && this.take(JSON.parse(bytes)));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.ready = this.underWay = false;
      if (this.over) return;
      this.reconnects += 1;
      setTimeout(() => this.connect(), 250 * (0.7 + 0.6 * Math.random()));
    });
  }
  say(frame) { if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame)); }

  take(frame) {
    if (frame.t === "welcome") this.token = frame.token;
    if (frame.t === "welcome" || frame.t === "page") {
      for (const message of frame.messages) this.show(message);
      for (const { seq } of frame.messages) this.newest = Math.max(this.newest, seq);
      if (frame.more) return this.say({ t: "more", after: this.newest });
      this.ready = true;
      this.next();
    } else if (frame.t === "msg") {
      this.show(frame);
      if (frame.from === "helpline") this.newest = Math.max(this.newest, frame.seq);
    } else if (frame.t === "ack") {
      this.settle(frame.cid, frame.seq);
    } else if (frame.t === "later") {
      setTimeout(() => { this.underWay = false; this.next(); }, frame.ms);
    }
  }
  show(message) {
    if (message.from === "person") this.settle(message.cid, message.seq);
    const before = this.shown.get(message.seq);
    if (before && before !== message.text) throw new Error(`two messages have the place ${message.seq}`);
    this.shown.set(message.seq, message.text);
  }
  settle(cid, seq) {
    const at = this.waiting.findIndex((one) => one.cid === cid);
    if (at < 0) return;
    const [{ text, begun }] = this.waiting.splice(at, 1);
    this.shown.set(seq, text);
    this.ticks.push(Date.now() - begun);
    if (at === 0) this.underWay = false;
    this.next();
  }
  next() {
    const first = this.waiting[0];
    if (!first || !this.ready || this.underWay) return;
    this.underWay = true;
    this.say({ t: "msg", cid: first.cid, text: first.text, lang: "en" });
  }
  write(text) {
    this.waiting.push({ cid: randomBytes(16).toString("base64url"), text, begun: Date.now() });
    this.next();
  }
  /** What the child sees, from top to bottom. */
  get texts() { return [...this.shown].sort(([a], [b]) => a - b).map(([, text]) => text); }
  close() { this.over = true; this.socket.terminate(); }
}
