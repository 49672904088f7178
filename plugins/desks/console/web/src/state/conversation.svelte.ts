import type { ContactView, FeedView, MessageView } from "../api";
import { merge, seenUpTo, unsettled } from "../words/messages";
import { complain } from "./notices.svelte";
import { door } from "./session.svelte";

const draftAfterMs = 800;

/// What is being written, by contact: it outlives a change of the conversation, a lost connection and a session.
const drafts = new Map<string, string>();

/// The one conversation that is open on this page.
class Conversation {
  id = $state("");
  contact = $state.raw<ContactView | undefined>();
  messages = $state.raw<MessageView[]>([]);
  busy = $state(false);
  sending = $state(false);
  text = $state("");
  kept = $state(true); // the draft is at the node
  #sent: { id: string; text: string; key: string } | undefined; // given to the node, until it has answered
  #wanted = false; // something new is there to be read
  #reading: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async show(id: string): Promise<void> {
    if (this.id && this.id !== id) void this.keep();
    this.id = id;
    this.contact = undefined;
    this.messages = [];
    this.text = drafts.get(id) ?? "";
    this.kept = true;
    if (!id) return;
    this.busy = true;
    try {
      const contact = await door.ask("contactShow", id);
      if (this.id !== id) return;
      this.contact = contact;
      this.messages = contact.messages;
      if (!drafts.get(id)) this.text = contact.draft;
    } catch (error) {
      complain(error);
    } finally {
      if (this.id === id) this.busy = false;
    }
  }

  /// Reads what is new; what comes while it is read, right afterwards.
  read(): Promise<void> {
    this.#wanted = true;
    return (this.#reading ??= this.#readWanted().finally(() => (this.#reading = undefined)));
  }
  async #readWanted(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#readNew();
    }
  }
  async #readNew(): Promise<void> {
    const { id } = this;
    if (!id || !this.contact) return;
    try {
      const contact = await door.ask("contactRead", { contact: id, after: unsettled(this.messages) });
      if (this.id !== id) return;
      this.messages = merge(this.messages, contact.messages);
      this.contact = contact;
    } catch (error) {
      complain(error);
    }
  }

  news(event: FeedView): void {
    if (event.subject !== this.id) return;
    if (event.name === "contact.seen")
      this.messages = seenUpTo(this.messages, event.number);
    else void this.read();
  }

  write(text: string): void {
    this.text = text;
    drafts.set(this.id, text);
    this.kept = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keep(), draftAfterMs);
  }

  /// Gives the draft to the node now. It is tried again with the next letter.
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    const { id, text, kept } = this;
    if (!id || kept) return;
    try {
      await door.ask("contactDraft", { contact: id, text });
      if (this.id === id && this.text === text) this.kept = true;
    } catch {
      // It is still on the page, and `kept` says that it is nowhere else.
    }
  }

  /// Sends what stands there. Until the node has it, it stays in its place.
  async send(): Promise<boolean> {
    const { id, text } = this;
    if (!text.trim() || this.sending) return false;
    this.sending = true;
    clearTimeout(this.#timer);
    try {
      await this.#give(id, text.trim());
    } catch (error) {
      complain(error);
      return false;
    } finally {
      this.sending = false;
    }
    const rest = this.id === id && this.text !== text && this.text.startsWith(text) ? this.text.slice(text.length) : "";
    drafts.set(id, rest);
    if (this.id === id) {
      this.text = rest;
      this.kept = false;
      void this.keep();
      void this.read();
    }
    return true;
  }

  // Nobody is to read the same words twice because a line broke between sending and hearing of it: what is sent again has
  // the name that it had.
  async #give(id: string, text: string): Promise<void> {
    if (this.#sent?.id !== id || this.#sent.text !== text) this.#sent = { id, text, key: crypto.randomUUID().replaceAll("-", "") };
    await door.ask("contactReply", { contact: id, text, key: this.#sent.key });
    this.#sent = undefined;
  }
}

export const conversation = new Conversation();
