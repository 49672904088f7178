const minuteMs = 60_000;

/// How long somebody has waited, as parts for a text: minutes under two hours, then hours, then days.
export function span(ms: number): { unit: "now" | "minutes" | "hours" | "days"; count: number } {
  const minutes = Math.floor(Math.max(0, ms) / minuteMs);
  if (minutes < 1) return { unit: "now", count: 0 };
  if (minutes < 120) return { unit: "minutes", count: minutes };
  if (minutes < 48 * 60) return { unit: "hours", count: Math.floor(minutes / 60) };
  return { unit: "days", count: Math.floor(minutes / (24 * 60)) };
}

/// The share of a limit that is used up, 0..1; 0 where there is no limit.
export const share = (usedMs: number, limitMs: number): number =>
  limitMs > 0 ? Math.min(1, Math.max(0, usedMs / limitMs)) : 0;

// Making one is slow, and a conversation of 500 messages needs it 500 times.
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(locale: string, withDay: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${withDay}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, withDay ? { dateStyle: "medium", timeStyle: "short" } : { timeStyle: "short" });
    formats.set(key, format);
  }
  return format;
}

/// The day of a moment, for comparing only.
export const dayOf = (ms: number): string => new Date(ms).toDateString();

/// A moment as a clock shows it today, and with its day otherwise. Empty: none.
export function moment(text: string, today: string, locale: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? "" : formatOf(locale, dayOf(at) !== today).format(at);
}
