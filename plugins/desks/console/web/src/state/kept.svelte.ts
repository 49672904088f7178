import { SvelteMap } from "svelte/reactivity";

/// What is being written in other places than the reply, such as a note on a case: it outlives its page, not the session.
export const kept = new SvelteMap<string, string>();

const forms = new Map<string, object>();

/// A form that is being filled in, by what it is about: who goes to another page and comes back finds it as it was.
export function remembered<T extends object>(key: string, begin: () => T): T {
  const there = forms.get(key);
  if (there) return there as T;
  const form = $state(begin());
  forms.set(key, form);
  return form;
}
/// It was sent or kept.
export const forget = (key: string): boolean => forms.delete(key);
