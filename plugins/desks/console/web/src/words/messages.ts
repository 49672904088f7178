import type { ContactView, MessageView } from "../api";

/// Merges what came later into what is there: by number, each once, in order.
export function merge(have: MessageView[], more: MessageView[]): MessageView[] {
  if (!more.length) return have;
  const all = new Map(have.map((one) => [one.seq, one]));
  for (const one of more) all.set(one.seq, one);
  return [...all.values()].sort((one, other) => Number(BigInt(one.seq) - BigInt(other.seq)));
}

/// Whether a person reads it: it was written here, and is no notice of a channel.
const ours = (one: MessageView): boolean => one.from !== "person" && one.from !== "channel";

/// The person has seen everything up to this message.
export const seenUpTo = (messages: MessageView[], seq: string): MessageView[] =>
  messages.map((one) => (ours(one) && !one.seen && BigInt(one.seq) <= BigInt(seq) ? { ...one, seen: true } : one));

/// Behind which message to read again: before the first of ours that was not seen yet, so that ticks which came while
/// nobody listened come along.
export function unsettled(messages: MessageView[]): string {
  const first = messages.findIndex((one) => ours(one) && !one.seen);
  return (first < 0 ? messages.at(-1) : messages[first - 1])?.seq ?? "0";
}

/// How urgent somebody is for the queue: the level that was set, or a higher one that the hints suggest. None counts as U3.
export const effective = (contact: Pick<ContactView, "urgency" | "hintUrgency">): string =>
  [contact.urgency || "U3", contact.hintUrgency].filter(Boolean).sort()[0]!;
