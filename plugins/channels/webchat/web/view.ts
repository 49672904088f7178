import type { Speech } from "./language";
import type { Message } from "./protocol";

const tick = "M4 13l5 5L20 6";
const ticks = "M1 13l4 4L14 7M10 15l2 2L22 7";
const clock = "M12 7v5l3 3M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z";

function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.append(document.createElementNS(space, "path"));
  picture.firstElementChild!.setAttribute("d", path);
  return picture;
}

/** The messages as they are seen and heard. */
export class View {
  private readonly log = document.getElementById("log")!;
  private readonly scroller = document.getElementById("scroll")!;

  constructor(private readonly speech: Speech) {}

  /** One of the person's own that is not there yet. */
  addPending(cid: string, text: string): void {
    const element = this.element("mine", text, Date.now());
    element.dataset.cid = cid;
    element.classList.add("pending");
    this.mark(element, clock, "pending");
    this.log.append(element);
    this.showNewest();
  }

  /** A message with a place in the conversation; known ones only move. False: it was there. */
  add(message: Message): boolean {
    if (message.from === "person" && message.cid && this.receive(message.cid, message.seq))
      return false;
    if (this.log.querySelector(`[data-seq="${message.seq}"]`)) return false;
    const element = this.element(message.from === "person" ? "mine" : "theirs", message.text, message.at);
    if (message.from === "person") {
      element.classList.add("received");
      this.mark(element, tick, "received");
    }
    this.place(element, message.seq);
    this.showNewest();
    return true;
  }

  /** The message is on the helpline's disk: only now it gets its tick. False: unknown here. */
  receive(cid: string, seq: number): boolean {
    const element = this.pending(cid);
    if (!element) return false;
    element.classList.replace("pending", "received");
    this.mark(element, tick, "received");
    delete element.dataset.cid;
    this.place(element, seq);
    return true;
  }

  /** A counsellor has seen what the person wrote up to there. */
  read(seq: number): void {
    this.log.querySelectorAll<HTMLElement>(".mine.received:not(.seen)").forEach((element) => {
      if (Number(element.dataset.seq) > seq) return;
      element.classList.add("seen");
      this.mark(element, ticks, "seen");
    });
  }

  /** Takes a pending message away. */
  remove(cid: string): void {
    this.pending(cid)?.remove();
  }

  clear(): void {
    this.log.textContent = "";
  }

  showNewest(): void {
    if (this.log.lastElementChild) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  private pending(cid: string): HTMLElement | undefined {
    return [...this.log.querySelectorAll<HTMLElement>(".pending")].find(
      (element) => element.dataset.cid === cid,
    );
  }

  private place(element: HTMLElement, seq: number): void {
    element.dataset.seq = String(seq);
    const later = [...this.log.children].find(
      (other) => other !== element && Number((other as HTMLElement).dataset.seq ?? Infinity) > seq,
    );
    if (later !== element.nextElementSibling || !element.isConnected)
      this.log.insertBefore(element, later ?? null);
  }

  private element(who: "mine" | "theirs", text: string, at: number): HTMLElement {
    const element = document.createElement("article");
    element.className = `message ${who}`;
    const speaker = document.createElement("span");
    speaker.className = "away";
    speaker.textContent = this.speech.say(who === "mine" ? "you" : "they") + ": ";
    const body = document.createElement("p");
    body.dir = "auto";
    body.textContent = text;
    const meta = document.createElement("div");
    meta.className = "meta";
    const time = document.createElement("time");
    time.dir = "ltr";
    time.textContent = new Date(at).toTimeString().slice(0, 5);
    meta.append(time);
    element.append(speaker, body, meta);
    return element;
  }

  private mark(element: HTMLElement, path: string, key: "pending" | "received" | "seen"): void {
    const meta = element.querySelector(".meta")!;
    meta.querySelectorAll("svg, .away").forEach((old) => old.remove());
    const words = document.createElement("span");
    words.className = "away";
    words.dataset.text = key;
    words.textContent = this.speech.say(key);
    meta.append(icon(path), words);
  }
}
