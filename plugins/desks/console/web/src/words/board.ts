import type { QueueView } from "../api";

export const levels = ["U0", "U1", "U2", "U3", "U4"];

export interface Count {
  level: string;
  waiting: number;
  over: number; // of them: longer than they may
  open: number;
}

/// How many wait and how many are being talked with, by level; a level that is not set counts as U3, as the node has it.
export function counts(queue: QueueView, laterMs: number): Count[] {
  return levels.map((level) => {
    const waiting = queue.waiting.filter((one) => (one.contact.urgency || "U3") === level);
    return {
      level,
      waiting: waiting.length,
      over: waiting.filter((one) => Number(one.waitedMs) + laterMs > Number(one.targetMs)).length,
      open: queue.open.filter((one) => (one.urgency || "U3") === level).length,
    };
  });
}
