import { SvelteMap } from "svelte/reactivity";
import type { TaxonomyViewTerm } from "../api";
import ar from "../texts/ar.json";
import en from "../texts/en.json";
import fr from "../texts/fr.json";
import { format, parse } from "../words/icu";
import { moment, span } from "../words/time";
import { clock } from "./clock.svelte";

export type Key = keyof typeof en;
export type Language = "ar" | "fr" | "en";
export const languages: Language[] = ["ar", "fr", "en"];
export const languageNames: Record<Language, string> = { ar: "العربية", fr: "Français", en: "English" };

const texts: Record<Language, Record<string, string>> = { ar, fr, en };
const parsed = new Map<string, ReturnType<typeof parse>>();

const first = languages.find((one) => navigator.language.startsWith(one)) ?? "en";
export const speech = $state({ language: first as Language, country: "" });

/// Digits and dates as they are written in the node's country: the Maghreb writes 12, not ١٢.
export const locale = (): string => {
  const country = /^[A-Za-z]{2}$/.test(speech.country) ? speech.country.toUpperCase() : speech.language === "ar" ? "MA" : "";
  return country ? `${speech.language}-${country}` : speech.language;
};

/// A text of the page in the language of the person at it.
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = texts[speech.language][key] ?? key;
  let parts = parsed.get(text);
  if (!parts) parsed.set(text, (parts = parse(text)));
  return format(parts, values, locale());
}

/// A text that may not exist, such as of a code that a newer node says.
export const maybe = (key: string, otherwise: string): string => (key in en ? t(key as Key) : otherwise);

export const waited = (ms: number): string => {
  const { unit, count } = span(ms);
  return t(`span.${unit}`, { count });
};
export const at = (text: string): string => moment(text, clock.today, locale());

/// A node's list of words, with labels in three languages. Filled by state/lists.
export const taxonomies = new SvelteMap<string, TaxonomyViewTerm[]>();

export const label = (term: TaxonomyViewTerm): string => term[speech.language] || term.en || term.id;

/// The label of one word of a list; the word itself while the list is not there.
export const word = (list: string, id: string): string => {
  const term = taxonomies.get(list)?.find((one) => one.id === id);
  return term ? label(term) : id;
};
/// Several of them, with the comma of the language.
export const words = (list: string, ids: string[]): string => ids.map((id) => word(list, id)).join(speech.language === "ar" ? "، " : ", ");
/// A reason is from either of two lists.
export const reasonWord = (id: string): string => (word("chi-reasons", id) === id ? word("online-harm", id) : word("chi-reasons", id));
