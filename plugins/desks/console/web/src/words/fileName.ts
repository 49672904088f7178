// A sender chooses the name of a file, and some choose one that looks like another.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/// A name as it is shown: what cannot be seen, or turns the direction of letters, is written out.
export const shownName = (name: string): string => name.replace(hidden, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`);

/// A name to save it under: nothing hidden, no folders, no dots at its start.
export const safeName = (name: string, otherwise: string): string =>
  name.replace(hidden, "").replace(/[/\\:*?"<>|]/g, "_").replace(/^[.\s]+/, "").slice(0, 120) || otherwise;
