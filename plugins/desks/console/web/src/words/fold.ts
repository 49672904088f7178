/// A text as searching compares it: no case, no accents, no vowel signs; one form of alif, ya and ta marbuta, and one
/// script of digits.
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[\u0640\u200c-\u200f\u2066-\u2069]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));

/// Whether every word that was typed is in one of the texts.
export function matches(typed: string, texts: string[]): boolean {
  const all = fold(texts.join("\n"));
  return fold(typed).split(/\s+/).every((word) => all.includes(word));
}
