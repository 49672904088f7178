/// A stretch of a text, and the hint that points at it.
export interface Stretch<H> {
  text: string;
  hint?: H;
}

/// Cuts a text where hints point: they count bytes of its UTF-8. What does not stand on characters is left out, and where
/// two overlap the earlier one wins.
export function stretches<H extends { first: number; length: number }>(text: string, hints: H[]): Stretch<H>[] {
  if (!hints.length) return [{ text }];
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder("utf-8");
  const starts = (at: number) => at === bytes.length || (bytes[at]! & 0xc0) !== 0x80;
  const made: Stretch<H>[] = [];
  let at = 0;
  for (const hint of [...hints].sort((one, other) => one.first - other.first || other.length - one.length)) {
    const end = hint.first + hint.length;
    if (hint.first < at || !hint.length || end > bytes.length || !starts(hint.first) || !starts(end)) continue;
    if (hint.first > at) made.push({ text: decoder.decode(bytes.subarray(at, hint.first)) });
    made.push({ text: decoder.decode(bytes.subarray(hint.first, end)), hint });
    at = end;
  }
  if (at < bytes.length) made.push({ text: decoder.decode(bytes.subarray(at)) });
  return made;
}

/// How many bytes of UTF-8 a text has: the node's limits count them.
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;
