import type { ContactView, FeedView, MessageView } from "../api";
import { arrived, merge, seenUpTo, unsettled } from "../words/messages";
import { Refusal } from "../door/ask";
import { complain } from "./notices.svelte";
import { door, session } from "./session.svelte";

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
  #doubt: { id: string; text: string; after: string } | undefined; // sent, and the answer was lost on the way
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

  /// Reads what is new.
  async read(): Promise<void> {
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
      if (!(await this.#isThere(id, text.trim()))) await this.#give(id, text.trim());
    } catch (error) {
      complain(error);
      return false;
    } finally {
      this.sending = false;
    }
    this.#doubt = undefined;
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

  async #give(id: string, text: string): Promise<void> {
    const after = this.messages.at(-1)?.seq ?? "0";
    try {
      await door.ask("contactReply", { contact: id, text });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "unreachable") throw error;
      this.#doubt = { id, text, after };
      if (!(await this.#isThere(id, text))) throw error;
    }
  }

  // Nobody is to read the same words twice because a line broke between sending and hearing of it.
  async #isThere(id: string, text: string): Promise<boolean> {
    const doubt = this.#doubt;
    if (doubt?.id !== id || doubt.text !== text) return false;
    const { messages } = await door.ask("contactRead", { contact: id, after: doubt.after });
    return arrived(messages, session.who?.name ?? "", text, doubt.after);
  }
}

export const conversation = new Conversation();
