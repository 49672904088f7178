import type { FromPlugin, ToPlugin } from "./protocol";

const waitFirst = 250;
const waitMost = 10_000;
const pingEvery = 20_000;
const answerWithin = 10_000;

/** A WebSocket that comes back by itself, and notices when the network has gone silently. */
export class Connection {
  private socket: WebSocket | null = null;
  private wait = waitFirst;
  private retry = 0;
  private pinger = 0;
  private silence = 0;
  private wanted = false;

  constructor(
    private readonly events: {
      opened(): void;
      received(message: FromPlugin): void;
      lost(): void;
    },
  ) {
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.hurry());
  }

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
  }

  send(message: ToPlugin): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    if (message.t === "msg" || message.t === "ping" || message.t === "hello") this.expect();
    return true;
  }

  /** The plugin has taken us in: what went wrong before no longer counts. */
  settled(): void {
    this.wait = waitFirst;
  }

  close(): void {
    this.wanted = false;
    this.drop();
  }

  /** Begins anew at once, for another conversation. */
  restart(): void {
    this.close();
    this.wait = waitFirst;
    this.open();
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.retry = 0;
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/chat");
    this.socket = socket;
    this.expect();
    socket.onopen = () => {
      this.pinger = window.setInterval(() => this.send({ t: "ping" }), pingEvery);
      this.events.opened();
    };
    socket.onmessage = (event) => {
      clearTimeout(this.silence);
      this.silence = 0;
      this.events.received(JSON.parse(event.data as string) as FromPlugin);
    };
    socket.onclose = () => this.ended(socket);
  }

  private ended(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.drop();
    if (!this.wanted) return;
    this.events.lost();
    // Jitter: after a restart of the helpline's node not everybody comes back in the same instant.
    this.retry = window.setTimeout(() => this.connect(), this.wait * (0.7 + 0.6 * Math.random()));
    this.wait = Math.min(this.wait * 2, waitMost);
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    clearInterval(this.pinger);
    this.retry = this.silence = 0;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private expect(): void {
    if (this.silence) return;
    const socket = this.socket;
    this.silence = window.setTimeout(() => {
      this.silence = 0;
      if (socket) this.ended(socket);
    }, answerWithin);
  }

  private hurry(): void {
    if (this.retry && document.visibilityState === "visible") this.connect();
  }
}
