import { Refusal } from "../door/ask";
import { refusalText } from "./notices.svelte";

/// One answer of the node that the page shows and reads again when it may have changed.
export class Reading<T> {
  value = $state.raw<T | undefined>();
  busy = $state(false);
  refused = $state.raw<{ code: string; text: string; mend: string } | undefined>();
  #running = false; // beside `busy`, so that an effect that loads does not follow it
  #again = false;

  constructor(private readonly read: () => Promise<T>) {}

  /// Reads it; while it is being read, once more afterwards, however often it is asked.
  async load(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.busy = true;
    do {
      this.#again = false;
      try {
        this.value = await this.read();
        this.refused = undefined;
      } catch (error) {
        // Where the session is over, the page for signing in says so.
        this.refused = error instanceof Refusal && error.code === "session_ended" ? undefined : refusalText(error);
      }
    } while (this.#again);
    this.#running = this.busy = false;
  }
}
