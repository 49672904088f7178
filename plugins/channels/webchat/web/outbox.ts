import type { ToPlugin } from "./protocol";

interface Waiting {
  cid: string;
  text: string;
  lang: string;
}

/**
 * What was written and is not known to be on the helpline's disk. One message at a time is under
 * way, so that they arrive in the order they were written, whatever happens to the connection.
 */
export class Outbox {
  private readonly waiting: Waiting[] = [];
  private underWay = false;
  private pause = 0;

  constructor(private readonly send: (message: ToPlugin) => boolean) {}

  get size(): number {
    return this.waiting.length;
  }

  add(message: Waiting): void {
    this.waiting.push(message);
    this.next();
  }

  /** A connection is there and the plugin has told all it knew. */
  resume(): void {
    this.underWay = false;
    this.next();
  }

  /** The connection has gone: nothing is under way. */
  suspend(): void {
    clearTimeout(this.pause);
    this.pause = 0;
    this.underWay = true;
  }

  /** It arrived, or will never be taken; its text, if it was waiting. */
  settle(cid: string): string | null {
    const at = this.waiting.findIndex((message) => message.cid === cid);
    if (at < 0) return null;
    const text = this.waiting[at]!.text;
    this.waiting.splice(at, 1);
    if (at === 0) this.underWay = false;
    this.next();
    return text;
  }

  /** Another conversation: nothing of this one goes into it. */
  clear(): void {
    clearTimeout(this.pause);
    this.pause = 0;
    this.waiting.length = 0;
    this.underWay = false;
  }

  later(cid: string, ms: number): void {
    if (this.waiting[0]?.cid !== cid || this.pause) return;
    this.pause = window.setTimeout(() => {
      this.pause = 0;
      this.resume();
    }, ms);
  }

  private next(): void {
    const first = this.waiting[0];
    if (!first || this.underWay || this.pause) return;
    this.underWay = this.send({ t: "msg", ...first });
  }
}
