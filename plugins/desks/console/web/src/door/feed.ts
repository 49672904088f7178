import type { FeedView } from "../api";

export const sessionOverCode = 4401;

/// How long to wait before the nth try to reconnect, from 1: up to 20 s, and never all desks at once.
/// `chance` is 0..1.
export const backoffMs = (tries: number, chance: number): number =>
  Math.round(Math.min(20_000, 500 * 2 ** Math.min(tries - 1, 10)) * (0.5 + chance / 2));

/// What is new in a batch, and whether something between may be missing.
export function follow(last: bigint, batch: FeedView[]): { fresh: FeedView[]; last: bigint; jumped: boolean } {
  const fresh: FeedView[] = [];
  let jumped = false;
  for (const event of batch) {
    const sequence = BigInt(event.sequence);
    if (sequence <= last) continue;
    if (last > 0n && sequence !== last + 1n) jumped = true;
    last = sequence;
    fresh.push(event);
  }
  return { fresh, last, jumped };
}

export interface Line {
  send(text: string): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

/// What the feed needs of its surroundings.
export interface Surroundings {
  ticket(): Promise<string>;
  open(): Line;
  later(ms: number, work: () => void): () => void; // gives what takes it back
  chance(): number;
}

/// The node's news. It reconnects for ever, until it is stopped or the session is over.
export class Feed {
  news: (events: FeedView[]) => void = () => {};
  missed: () => void = () => {}; // read the lists again
  up: (connected: boolean) => void = () => {};
  over: () => void = () => {};
  #last = 0n;
  #tries = 0;
  #line: Line | undefined;
  #cancel = () => {};
  #running = false;

  constructor(private readonly around: Surroundings) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
    this.#line?.close();
    this.#line = undefined;
  }

  async #connect(): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.around.ticket();
    } catch {
      return this.#again();
    }
    if (!this.#running) return;
    const line = this.around.open();
    this.#line = line;
    line.onopen = () => {
      line.send(JSON.stringify({ ticket, after: String(this.#last) }));
      this.#tries = 0;
      this.up(true);
      this.missed();
    };
    line.onmessage = ({ data }) => this.#take(data);
    line.onclose = ({ code }) => {
      if (this.#line !== line) return;
      this.#line = undefined;
      this.up(false);
      if (code !== sessionOverCode) return this.#again();
      this.#running = false;
      this.over();
    };
  }

  #take(data: unknown): void {
    let batch: FeedView[];
    try {
      batch = (JSON.parse(String(data)) as { feed?: FeedView[] }).feed ?? [];
    } catch {
      return;
    }
    const { fresh, last, jumped } = follow(this.#last, batch);
    this.#last = last;
    if (fresh.length) this.news(fresh);
    if (jumped) this.missed();
  }

  #again(): void {
    if (!this.#running) return;
    this.up(false);
    this.#tries += 1;
    this.#cancel = this.around.later(backoffMs(this.#tries, this.around.chance()), () => void this.#connect());
  }
}
