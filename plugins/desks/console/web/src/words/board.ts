import type { QueueView } from "../api";
import { effective } from "./messages";

export const levels = ["U0", "U1", "U2", "U3", "U4"];

export interface Count {
  level: string;
  waiting: number;
  over: number; // of them: longer than they may
  open: number;
}

/// How many wait and how many are being talked with, by level; those who wait by the level that the queue gives them.
export function counts(queue: QueueView, laterMs: number): Count[] {
  return levels.map((level) => {
    const waiting = queue.waiting.filter((one) => effective(one.contact) === level);
    return {
      level,
      waiting: waiting.length,
      over: waiting.filter((one) => Number(one.waitedMs) + laterMs > Number(one.targetMs)).length,
      open: queue.open.filter((one) => (one.urgency || "U3") === level).length,
    };
  });
}
