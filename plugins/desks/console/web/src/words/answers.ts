import type { Answer } from "../api";

/// What was answered, by field.
export const given = (answers: Answer[]): Record<string, string[]> =>
  Object.fromEntries(answers.map(({ field, values }) => [field, [...values]]));

/// The fields that have another answer than before, with it; none at all: the answer is taken away.
export function changed(before: Record<string, string[]>, now: Record<string, string[]>): Answer[] {
  const tidy = (values: string[] = []) => values.map((value) => value.trim()).filter(Boolean);
  return Object.entries(now)
    .map(([field, values]) => ({ field, values: tidy(values) }))
    .filter(({ field, values }) => JSON.stringify(values) !== JSON.stringify(tidy(before[field])));
}
