import type { ContactView, QueueChange, QueueChangeLevel, QueueViewPlace } from "../api";

/// The queue as this page knows it.
export interface Queue {
  now: string;
  version: string; // what the node is asked with next
  count: number; // how many wait
  waiting: QueueViewPlace[]; // the first of them, whoever is next first
  open: ContactView[];
  levels: QueueChangeLevel[]; // of all who wait
  longestMs: number;
}

/// How many of those who wait a page shows: nobody looks further down, and a page of ten thousand rows is slow.
export const shownMax = 200;

// In their order, each as it came now or as it was; the very same list where nothing differs. Nothing: one is not known.
function inOrder<T>(ids: string[], before: T[], changed: T[], idOf: (one: T) => string): T[] | undefined {
  const known = new Map(before.map((one) => [idOf(one), one]));
  for (const one of changed) known.set(idOf(one), one);
  const all: T[] = [];
  for (const id of ids) {
    const one = known.get(id);
    if (!one) return undefined;
    all.push(one);
  }
  return all.length === before.length && all.every((one, index) => one === before[index]) ? before : all;
}

/// The queue after a change. What did not change stays the same object, so that nothing draws it again. Nothing: the
/// change speaks of what this page does not know, and the queue is to be read whole.
export function changed(before: Queue | undefined, change: QueueChange): Queue | undefined {
  const had = change.whole ? undefined : before;
  const waiting = inOrder(change.order, had?.waiting ?? [], change.places, (one) => one.contact.id);
  const open = inOrder(change.talking, had?.open ?? [], change.open, (one) => one.id);
  if (!waiting || !open) return undefined;
  return { now: change.now, version: change.version, count: change.waiting, waiting, open, levels: change.levels, longestMs: Number(change.longestMs) };
}

/// Those who are for us, and those who perhaps are not, each in the order of the queue.
export const sorted = (waiting: QueueViewPlace[]): { ours: QueueViewPlace[]; aside: QueueViewPlace[] } => ({
  ours: waiting.filter((one) => !one.contact.setAside),
  aside: waiting.filter((one) => one.contact.setAside),
});

/// Since when somebody waits.
export const waitsSince = (contact: Pick<ContactView, "waitingSince" | "createdAt">): number => Date.parse(contact.waitingSince || contact.createdAt);
