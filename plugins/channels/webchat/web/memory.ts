// The key to the conversation lives in this tab's entry of the history and nowhere else: it survives
// a reload, and neither a closed tab nor the Back button brings it to whoever comes next.

/** The return code, in digits and as words of each language. */
export interface Code {
  code: string;
  words: { ar: string; fr: string; en: string };
}

/** What opens a conversation. */
export interface Key extends Partial<Code> {
  token: string;
}

/** The code in it, if there is one. */
export function codeOf(key: Key | undefined): Code | undefined {
  return key?.code && key.words ? { code: key.code, words: key.words } : undefined;
}

/**
 * The key, when this is the same page once more; else none, and whatever was there is wiped.
 *
 * given  the key that the page itself came with, as the answer to a form; it counts before all else
 */
export function recall(given: Key): Key | undefined {
  if (given.token) {
    keep(given);
    return given;
  }
  const how = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const discarded = (document as { wasDiscarded?: boolean }).wasDiscarded === true;
  const kept = history.state as Key | null;
  if (typeof kept?.token === "string" && (how?.type === "reload" || discarded)) return kept;
  forget();
  return undefined;
}

export function keep(key: Key): void {
  history.replaceState(key, "");
}

export function forget(): void {
  history.replaceState(null, "");
}
