import type { Answers } from "./protocol";

/** The five questions at the end; none has to be answered, and they are asked once. */
export class Survey {
  private readonly form = document.getElementById("survey") as HTMLFormElement;
  private done = false;

  /** send  some were answered */
  constructor(send: (answers: Answers) => void) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answers: Answers = {};
      this.form
        .querySelectorAll<HTMLInputElement>("input:checked")
        .forEach((face) => (answers[face.name] = Number(face.value)));
      if (Object.keys(answers).length > 0) send(answers);
    });
  }

  show(ended: boolean): void {
    const fresh = this.form.hidden;
    this.form.hidden = !ended || this.done;
    if (fresh && !this.form.hidden) this.form.scrollIntoView({ block: "start" });
  }

  thank(): void {
    this.done = true;
    this.form.reset();
    this.form.hidden = true;
  }

  forget(): void {
    this.done = false;
    this.form.reset();
    this.form.hidden = true;
  }
}
