import type { TimelineEntry } from "../api";

export type Mixed = TimelineEntry & { source?: string };

/// Several timelines as one, by time; what happened at the same moment stays in the order of its own.
export const mix = (parts: { source: string; entries: TimelineEntry[] }[]): Mixed[] =>
  parts
    .flatMap(({ source, entries }) => entries.map((entry): Mixed => ({ ...entry, source })))
    .map((entry, index) => ({ entry, index, at: Date.parse(entry.at) || 0 }))
    .sort((one, other) => one.at - other.at || one.index - other.index)
    .map(({ entry }) => entry);
