import type { Speech } from "./language";
import type { Code, Key as Kept } from "./memory";

/** The card with the code of this conversation, and the one for a code that somebody brings. */
export class ComingBack {
  private readonly card = document.getElementById("keep")!;
  private readonly form = document.getElementById("back") as HTMLFormElement;
  private readonly typed = document.getElementById("typed") as HTMLInputElement;
  private readonly wrong = document.getElementById("wrong")!;
  private code: Code | undefined;
  private busy = false;

  /**
   * left    the person has written the code down and goes
   * opened  a code was right: the conversation's key
   */
  constructor(
    private readonly speech: Speech,
    private readonly events: { left(): void; opened(kept: Kept): void },
  ) {
    this.card.querySelector("button")!.addEventListener("click", (event) => {
      event.preventDefault();
      this.events.left();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.open();
    });
  }

  show(code: Code | undefined): void {
    this.code = code;
    this.card.hidden = !code;
    this.say();
  }

  /** Once more, in the language of the page. */
  say(): void {
    if (!this.code) return;
    this.card.querySelector(".code")!.textContent = this.code.code.replace(/(.{4})(?!$)/g, "$1 ");
    this.card.querySelector(".words")!.textContent = this.code.words[this.speech.written];
  }

  forget(): void {
    this.show(undefined);
    this.card.removeAttribute("open");
    this.typed.value = "";
    this.wrong.textContent = "";
  }

  private async open(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.wrong.textContent = this.speech.say("backWait");
    let kept: Partial<Kept> = {};
    try {
      const answer = await fetch("/back", {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams({ typed: this.typed.value }),
      });
      if (answer.ok) kept = (await answer.json()) as Partial<Kept>;
      this.wrong.textContent = this.speech.say(answer.ok ? "backWrong" : "slower");
    } catch {
      this.wrong.textContent = this.speech.say("slower");
    }
    this.busy = false;
    if (!kept.token) return this.typed.focus();
    this.wrong.textContent = this.typed.value = "";
    document.getElementById("return")!.removeAttribute("open");
    this.events.opened(kept as Kept);
  }
}
