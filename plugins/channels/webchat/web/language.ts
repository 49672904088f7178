import texts from "./texts.json";

export type Key = keyof typeof texts.en;
export type Language = keyof typeof texts;

interface Words {
  ar: string;
  fr: string;
  en: string;
}

/** What the node's configuration says, put into the page by the plugin. */
export interface Setup {
  language: Language;
  helpline: Words;
  opening: Words;
  numbers: { number: string; label: Words }[];
}

// Three languages have every text; these borrow what they lack from one of them.
const borrows: Partial<Record<Language, Whole>> = {
  "ary-Arab": "ar",
  "ary-Latn": "fr",
  "zgh-Tfng": "ar",
  "zgh-Latn": "fr",
};
type Whole = "ar" | "fr" | "en";

/** Puts the page into one language, and says its texts. */
export class Speech {
  private chosen: Language;

  constructor(private readonly setup: Setup) {
    this.chosen = setup.language;
  }

  /** A BCP 47 tag: what the person chose, for the counsellor. */
  get tag(): string {
    return this.chosen;
  }

  say(key: Key): string {
    return this.own[key] ?? texts[this.written][key];
  }

  choose(language: Language): void {
    this.chosen = language;
    const root = document.documentElement;
    root.lang = this.written;
    root.dir = this.written === "ar" ? "rtl" : "ltr";
    document.title = this.say("tab");
    this.each("text", (element, key) => {
      element.textContent = this.say(key as Key);
      if (this.written !== language && this.own[key as Key]) element.lang = language;
      else element.removeAttribute("lang");
    });
    this.each("label", (element, key) => element.setAttribute("aria-label", this.say(key as Key)));
    this.each("title", (element, key) => (element.title = this.say(key as Key)));
    this.each("placeholder", (element, key) =>
      element.setAttribute("placeholder", this.say(key as Key)),
    );
    this.each("setup", (element, key) => {
      element.textContent = this.setup[key as "helpline" | "opening"][this.written];
    });
    document.querySelectorAll(".danger li span").forEach((element, index) => {
      element.textContent = this.setup.numbers[index]?.label[this.written] ?? "";
    });
    document.querySelectorAll<HTMLElement>("nav a").forEach((tile) => {
      if (tile.dataset.tile === language) tile.setAttribute("aria-current", "true");
      else tile.removeAttribute("aria-current");
    });
  }

  private get own(): Partial<Record<Key, string>> {
    return texts[this.chosen];
  }

  /** The language that has every text: of what the configuration says, and of a code's words. */
  get written(): Whole {
    return borrows[this.chosen] ?? (this.chosen as Whole);
  }

  private each(name: string, change: (element: HTMLElement, key: string) => void): void {
    document
      .querySelectorAll<HTMLElement>(`[data-${name}]`)
      .forEach((element) => change(element, element.dataset[name] ?? ""));
  }
}
