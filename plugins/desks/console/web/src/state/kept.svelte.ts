import { SvelteMap } from "svelte/reactivity";

/// What is being written in other places than the reply, such as a note on a case: it outlives its page, not the session.
export const kept = new SvelteMap<string, string>();
