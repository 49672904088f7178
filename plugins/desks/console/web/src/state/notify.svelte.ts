import { t } from "./words.svelte";

/// Notifications of the desktop, without a word of what was written or of whom they are about.
class Notify {
  #permission = $state(typeof Notification === "function" ? Notification.permission : "denied");

  /// Whether asking for it makes sense.
  get can(): boolean {
    return this.#permission === "default";
  }
  async ask(): Promise<void> {
    this.#permission = await Notification.requestPermission();
  }
  /// Only while nobody looks at the page.
  show(key: "notify.waiting" | "notify.message"): void {
    if (this.#permission !== "granted" || !document.hidden) return;
    const notification = new Notification("Sanad", { body: t(key), tag: key });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  }
}

export const notify = new Notify();
