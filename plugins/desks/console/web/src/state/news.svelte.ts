import type { FeedView } from "../api";
import { Feed } from "../door/feed";
import { conversation } from "./conversation.svelte";
import { lists } from "./lists.svelte";
import { door, may, session } from "./session.svelte";

const gatherMs = 150; // one reading for what comes together

/// Which lists a piece of news may have changed.
const changes: [string, (keyof typeof lists)[]][] = [
  ["contact.", ["queue", "staff"]],
  ["cover.", ["queue"]],
  ["exposure.", ["exposures"]],
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
}
export const end = (): void => feed.stop();
