/// What a text that is to leave has, and perhaps should not have: what would let somebody be found.
export type Trace = "address" | "number" | "account" | "date" | "name";

export interface Found {
  kind: Trace;
  text: string;
}

// The first that takes a stretch keeps it. A number is six digits or more, as a telephone's or an identity card's; digits may
// be European or Arabic, with spaces, dots and dashes between them.
const digit = "[0-9\u0660-\u0669\u06f0-\u06f9]";
const patterns: [Trace, RegExp][] = [
  ["address", /(?:https?:\/\/|www\.)\S+|(?<![\p{L}\d._%+-])[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/giu],
  ["account", /(?<![\p{L}\d])@[\p{L}\d._]{2,}/gu],
  ["date", new RegExp(`(?<!${digit})${digit}{1,2}[./-]${digit}{1,2}[./-]${digit}{2,4}(?!${digit})|(?<!${digit})${digit}{4}-${digit}{2}-${digit}{2}(?!${digit})`, "gu")],
  ["number", new RegExp(`[+]?(?:\\p{L}{1,2})?${digit}(?:[ .\\-]?${digit}){5,}`, "gu")],
  // A word with a capital letter that does not begin a sentence; also two or more in a row.
  ["name", /(?<=[^\s.!?…:]\s+)\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)*/gu],
  // Arabic has no capitals: what often stands before a name does.
  ["name", /(?<=(?:^|\s)(?:اسمها|اسمه|إسمها|إسمه|تدعى|يدعى|السيدة|السيد|الأستاذة|الأستاذ|سميتها|سميتو)\s+)[\p{Script=Arabic}]+/gu],
  ["name", /(?<=(?:^|\s)(?:smiytha|smiyto|smitha|smito|s'appelle|prénommée?|nommée?|called|named)\s+)\p{L}[\p{L}'’-]+/giu],
];

/// In the order of the text, each once. It proposes; people decide: it does not know every name, nor what else tells who somebody is.
export function traces(text: string): Found[] {
  const taken: { first: number; last: number; found: Found }[] = [];
  for (const [kind, pattern] of patterns)
    for (const match of text.matchAll(pattern)) {
      const first = match.index;
      const last = first + match[0].length;
      if (!taken.some((one) => first < one.last && one.first < last)) taken.push({ first, last, found: { kind, text: match[0] } });
    }
  const all = taken.sort((one, other) => one.first - other.first).map((one) => one.found);
  return all.filter((one, index) => all.findIndex((other) => other.text === one.text) === index);
}

/// The text without it, wherever it stands as a whole.
export const without = (text: string, trace: string, instead: string): string => text.split(trace).join(instead);
