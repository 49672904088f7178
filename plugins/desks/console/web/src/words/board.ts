import type { Queue } from "./queue";

export const levels = ["U0", "U1", "U2", "U3", "U4"];

export interface Count {
  level: string;
  waiting: number;
  over: number; // of them: longer than they may
  open: number;
}

/// How many wait and how many are being talked with, by level; those who wait by the level that the queue gives them.
export function counts(queue: Pick<Queue, "levels" | "open">): Count[] {
  return levels.map((level) => {
    const { waiting = 0, over = 0 } = queue.levels.find((one) => one.urgency === level) ?? {};
    return { level, waiting, over, open: queue.open.filter((one) => (one.urgency || "U3") === level).length };
  });
}
