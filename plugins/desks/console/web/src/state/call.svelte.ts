import type { ContactView } from "../api";
import { callState } from "../words/call";
import { conversation } from "./conversation.svelte";
import { lists } from "./lists.svelte";
import { say } from "./notices.svelte";
import { door, session } from "./session.svelte";

type Act = "hang_up" | "hold" | "resume" | "transfer" | "listen" | "whisper" | "barge_in" | "leave";

/// What is asked before a call begins or moves on, and who was put on hold from this page.
export const call = $state<{ ask: "" | "device" | "transfer"; held: string }>({ ask: "", held: "" });

export const byPhone = (contact: Pick<ContactView, "channel">): boolean => contact.channel === "phone";

/// The conversation that is open, where it is mine and by telephone.
export const myCall = (): ContactView | undefined => {
  const { contact } = conversation;
  return contact && byPhone(contact) && contact.state === "open" && contact.openedBy === session.who?.name ? contact : undefined;
};

/// Rings one of my telephones, and brings me and the person together. Several: asks which. Throws a Refusal.
export async function dial(contact: string, device = ""): Promise<void> {
  const mine = lists.phones.value?.phones ?? [];
  if (!device && mine.length > 1 && conversation.id === contact) return void (call.ask = "device");
  await door.ask("contactCall", { contact, device });
  call.ask = "";
  say("call.rings");
  await Promise.all([lists.queue.load(), lists.phones.load(), conversation.read()]);
}

/// Changes a call that is on. Throws a Refusal.
export async function control(contact: string, act: Act, to = ""): Promise<void> {
  await door.ask("callControl", { contact, act, to });
  if (act === "hold") call.held = contact;
  else if (call.held === contact) call.held = "";
  call.ask = "";
  say(act === "listen" || act === "whisper" || act === "barge_in" ? "call.rings" : "call.done");
  await conversation.read();
}

export const isHeld = (contact: ContactView): boolean => call.held === contact.id && callState(contact) === "talking";
