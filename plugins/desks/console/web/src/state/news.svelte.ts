import type { FeedView } from "../api";
import { Feed } from "../door/feed";
import { conversation } from "./conversation.svelte";
import { lists } from "./lists.svelte";
import { door, may, session } from "./session.svelte";

const gatherMs = 150; // one reading for what comes together
const queueMs = 10_000; // who is next depends on the time as well, which is no news

/// Which lists a piece of news may have changed.
const changes: [string, (keyof typeof lists)[]][] = [
  ["contact.", ["queue"]],
  ["contact.opened", ["staff"]],
  ["contact.released", ["staff"]],
  ["contact.ended", ["staff"]],
  ["cover.", ["queue"]],
  ["exposure.", ["exposures"]],
  ["phone.", ["phones", "phoneBoard"]],
  ["sample.", ["samples"]],
  ["case.", ["cases"]],
  ["referral.", ["referrals", "clocks"]],
  ["escalation.", ["escalations", "clocks"]],
  ["override.", ["overrides"]],
  ["form.", ["form"]],
  ["glass.", ["glasses"]],
  ["backup.", ["backups"]],
  ["plugin.", ["plugins", "status"]],
  ["link.", ["links", "status"]],
];

export const feedState = $state({ up: true });
const stale = new Set<keyof typeof lists>();
let timer: ReturnType<typeof setTimeout> | undefined;
let round: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<(event: FeedView) => void>();

/// Calls `listener` with each piece of news until the returned function is called.
export function listen(listener: (event: FeedView) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function reread(names: Iterable<keyof typeof lists>): void {
  for (const name of names) stale.add(name);
  timer ??= setTimeout(() => {
    timer = undefined;
    // What no page has wanted yet is read when one does.
    for (const name of stale) if (lists[name].value !== undefined) void lists[name].load();
    stale.clear();
  }, gatherMs);
}

const feed = new Feed({
  ticket: () => door.ticket(),
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/feed`),
  later: (ms, work) => {
    const id = setTimeout(work, ms);
    return () => clearTimeout(id);
  },
  chance: Math.random,
});
feed.up = (up) => (feedState.up = up);
feed.over = () => (session.locked = true);
feed.missed = () => {
  reread(Object.keys(lists) as (keyof typeof lists)[]);
  void conversation.read();
};
// What was written in the conversation that is open is read at once, and before anything else.
feed.news = (events) => {
  for (const event of events) {
    conversation.news(event);
    for (const listener of listeners) listener(event);
    for (const [start, names] of changes) if (event.name.startsWith(start)) reread(names);
  }
};

/// Begins to listen, and reads what everybody at a desk needs.
export function begin(): void {
  feed.start();
  if (may("volunteer")) void lists.queue.load();
  clearInterval(round);
  round = setInterval(() => feedState.up && !document.hidden && reread(["queue"]), queueMs);
}
export function end(): void {
  feed.stop();
  clearInterval(round);
}
