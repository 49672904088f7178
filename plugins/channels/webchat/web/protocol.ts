// What the page and the plugin say to each other: one JSON object a WebSocket message, its kind in
// `t`. The same list, from the plugin's side, is in frames.h.

import type { Key } from "./memory";

export type ConversationState = "none" | "waiting" | "open" | "ended";

export interface Message {
  seq: number; // place in the conversation, both directions together, from 1
  at: number; // milliseconds since 1970
  from: "person" | "helpline";
  cid: string; // of the person's own messages: the name the page gave it
  text: string;
}

/** Where a conversation stands, as far as the helpline knows: 0 where it does not. */
export interface Standing {
  read: number; // up to this seq a counsellor has seen what the person wrote
  position: number; // while the person waits; 1: next
  wait: number; // seconds that the last ones waited
}

export type Answers = Record<string, number>; // question -> face, 1 to 5

export type FromPlugin =
  | ({ t: "welcome"; state: ConversationState; messages: Message[]; more: boolean } & Key & Standing)
  | ({ t: "place"; state: ConversationState } & Standing)
  | { t: "thanks"; later?: true } // for the answers; later: they were not taken
  | { t: "page"; messages: Message[]; more: boolean }
  | ({ t: "msg" } & Message)
  | { t: "ack"; cid: string; seq: number } // it is on disk
  | { t: "later"; cid: string; ms: number } // not now: the same again after `ms`
  | { t: "refused"; cid: string; code: "empty" | "too_long" | "invalid" }
  | { t: "state"; state: ConversationState }
  | { t: "press" } // many new conversations from this network: say hello again with press
  | { t: "pong" }
  | { t: "error"; code: string }; // the plugin closes the connection

export type ToPlugin =
  | { t: "hello"; token?: string; after: number; press?: 1 }
  | { t: "msg"; cid: string; text: string; lang: string }
  | { t: "more"; after: number } // the next page, after a welcome or page with more
  | { t: "seen"; seq: number }
  | { t: "typing" }
  | { t: "leave"; how: "quick" | "closed" }
  | { t: "where" } // do I stand, while I wait
  | { t: "feel"; [question: string]: number | "feel" } // the answers
  | { t: "ping" };

export const charactersMax = 4000; // code points of one message

/** As the plugin counts: code points, not halves of a pair. */
export function characters(text: string): number {
  return [...text].length;
}

/** What JSON or the store could not carry is not part of any message: lone halves and controls. */
export function clean(text: string): string {
  return text
    .replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (found) =>
      found.length === 2 ? found : "\uFFFD",
    )
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F]/g, "")
    .trim();
}

/** A name for a message that nobody else gives: 128 random bits. */
export function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}
