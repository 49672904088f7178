import type { Connection } from "./connection";
import type { Standing } from "./protocol";
import type { Speech } from "./language";

const askEvery = 15_000;

/** Asks where the person stands while they wait, and says it in honest words or not at all. */
export class Waiting {
  private readonly line = document.getElementById("place")!;
  private timer = 0;
  private standing: Standing = { read: 0, position: 0, wait: 0 };
  private waits = false;

  constructor(
    private readonly speech: Speech,
    private readonly connection: Connection,
  ) {}

  /** What the plugin says; it asks again by itself while the person waits. */
  told(standing: Standing, waits: boolean): void {
    this.standing = standing;
    this.waits = waits;
    clearTimeout(this.timer);
    if (waits) this.timer = window.setTimeout(() => this.ask(), askEvery);
    this.show();
  }

  /** Something changed: what was said may be wrong now. */
  ask(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), askEvery);
    this.connection.send({ t: "where" });
  }

  rest(): void {
    clearTimeout(this.timer);
    this.waits = false;
    this.show();
  }

  show(): void {
    const text = this.waits ? this.words() : "";
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  // The same words as Place::said of the plugin, for a page without scripts.
  private words(): string {
    const position = this.standing.position;
    const wait = this.standing.wait;
    if (position === 0) return "";
    const before =
      position === 1
        ? this.speech.say("next")
        : this.speech.say("before").replace("{n}", String(position - 1));
    if (wait === 0) return before;
    const minutes = Math.max(1, Math.round(wait / 60));
    return `${before} ${this.speech.say("wait").replace("{n}", String(minutes))}`;
  }
}
