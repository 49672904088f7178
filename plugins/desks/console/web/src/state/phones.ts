import { lists } from "./lists.svelte";
import { door } from "./session.svelte";

/// Takes calls from now on. Throws a Refusal.
export const takeCalls = (): Promise<void> => set(true, "");

/// Takes no more; a call that is on goes on. Throws a Refusal.
export const pauseCalls = (reason: string): Promise<void> => set(false, reason);

async function set(ready: boolean, reason: string): Promise<void> {
  await door.ask("phoneReady", { ready, reason });
  await lists.phones.load();
}
