// The key to the conversation lives in this tab's entry of the history and nowhere else: it survives
// a reload, and neither a closed tab nor the Back button brings it to whoever comes next.

interface Kept {
  token: string;
}

/**
 * The key, when this is the same page once more; else none, and whatever was there is wiped.
 *
 * given  the key that the page itself came with, as the answer to a form; it counts before all else
 */
export function recall(given: string): string | undefined {
  if (given) {
    keep(given);
    return given;
  }
  const how = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const discarded = (document as { wasDiscarded?: boolean }).wasDiscarded === true;
  const kept = history.state as Kept | null;
  if (typeof kept?.token === "string" && (how?.type === "reload" || discarded)) return kept.token;
  forget();
  return undefined;
}

export function keep(token: string): void {
  history.replaceState({ token } satisfies Kept, "");
}

export function forget(): void {
  history.replaceState(null, "");
}
