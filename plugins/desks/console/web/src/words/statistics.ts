import type { StatisticsViewRow } from "../api";

// What the statistics page shows of the node's counts, and of which days.

export type Period = "thisMonth" | "lastMonth" | "thisQuarter" | "lastQuarter" | "thisYear" | "lastYear" | "own";
export const periods: Period[] = ["thisMonth", "lastMonth", "thisQuarter", "lastQuarter", "thisYear", "lastYear", "own"];
export const daysMax = 400;

/// Days as the node writes them, 2026-01-31, counted without any clock.
const text = (year: number, month: number, day: number): string => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
export const dayText = (at: Date): string => text(at.getFullYear(), at.getMonth(), at.getDate());

/// The first and the last day of a period, as it is on that day.
export function daysOf(period: Exclude<Period, "own">, today: Date): { from: string; until: string } {
  const year = today.getFullYear();
  const month = today.getMonth();
  const quarter = month - (month % 3);
  switch (period) {
    case "thisMonth": return { from: text(year, month, 1), until: text(year, month + 1, 0) };
    case "lastMonth": return { from: text(year, month - 1, 1), until: text(year, month, 0) };
    case "thisQuarter": return { from: text(year, quarter, 1), until: text(year, quarter + 3, 0) };
    case "lastQuarter": return { from: text(year, quarter - 3, 1), until: text(year, quarter, 0) };
    case "thisYear": return { from: text(year, 0, 1), until: text(year, 11, 31) };
    case "lastYear": return { from: text(year - 1, 0, 1), until: text(year - 1, 11, 31) };
  }
}

const dayMs = 86_400_000;
/// How many days that is; 0: they are the wrong way round, or no days.
export function dayCount(from: string, until: string): number {
  const days = Math.round((Date.parse(until) - Date.parse(from)) / dayMs) + 1;
  return Number.isNaN(days) ? 0 : Math.max(0, days);
}

/// Each day of them, but not those after `last`.
export function eachDay(from: string, until: string, last: string): string[] {
  const end = until < last ? until : last;
  return Array.from({ length: Math.min(daysMax, dayCount(from, end)) }, (_, index) => new Date(Date.parse(from) + index * dayMs).toISOString().slice(0, 10));
}

export const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
const waits = ["under_1", "under_2", "under_5", "under_15", "under_60", "longer", "never"];

/// Where the words of a dimension stand, and whether they have an order of their own.
export interface Dimension { by: string; list: string; ordered: boolean }
export const dimensions: Dimension[] = [
  { by: "channel", list: "channel", ordered: false },
  { by: "wait", list: "", ordered: true },
  { by: "group", list: "chi-reasons", ordered: false },
  { by: "reason", list: "chi-reasons", ordered: false },
  { by: "harm", list: "online-harm", ordered: false },
  { by: "age", list: "age-band", ordered: true },
  { by: "gender", list: "gender", ordered: false },
  { by: "language", list: "language", ordered: false },
  { by: "requester", list: "requester", ordered: false },
  { by: "urgency", list: "urgency", ordered: true },
  { by: "action", list: "contact-action", ordered: false },
  { by: "outcome", list: "contact-result", ordered: false },
  { by: "end", list: "contact-end", ordered: false },
];

export interface Bar {
  key: string;
  count: number;
  told: "count" | "few" | "hidden"; // few: under the smallest; hidden: with others, so that none can be worked out
}

const barOf = (row: StatisticsViewRow): Bar => ({
  key: row.key,
  count: Number(row.count),
  told: row.beside ? "hidden" : row.hidden ? "few" : "count",
});

/// The bars of a dimension: in the order of `order` where it has one, else the longest first; what is hidden comes last.
export function barsOf(rows: StatisticsViewRow[], by: string, order: string[] = by === "wait" ? waits : []): Bar[] {
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return rows.filter((row) => row.by === by).map(barOf).sort((one, other) =>
    order.length ? place(one.key) - place(other.key) : other.count - one.count || Number(one.told === "hidden") - Number(other.told === "hidden") || (one.key < other.key ? -1 : 1));
}

/// A bar for each key, also for those that have none: a count of 0 is told.
export function columnsOf(rows: StatisticsViewRow[], by: string, keys: string[]): Bar[] {
  const known = new Map(barsOf(rows, by).map((bar) => [bar.key, bar]));
  return keys.map((key) => known.get(key) ?? { key, count: 0, told: "count" });
}

/// The quarters before and with the one of a day, the newest first: 2026-Q4.
export function quartersTo(today: Date, count: number): string[] {
  const newest = today.getFullYear() * 4 + Math.floor(today.getMonth() / 3);
  return Array.from({ length: count }, (_, index) => newest - index).map((one) => `${Math.floor(one / 4)}-Q${(one % 4) + 1}`);
}
