import { SvelteMap } from "svelte/reactivity";
import type { ContactView } from "../api";

/// How many messages of each conversation were on this page.
class Read {
  #counts = new SvelteMap<string, number>();

  shown(contact: string, count: number): void {
    if ((this.#counts.get(contact) ?? -1) < count) this.#counts.set(contact, count);
  }
  unread(contact: ContactView): boolean {
    return contact.messageCount > (this.#counts.get(contact.id) ?? 0);
  }
}

export const read = new Read();
