import type { ContactView } from "../api";

/// How a contact by telephone stands: on the line unless it is known that they hung up.
export type CallState = "waiting" | "talking" | "over";
export function callState({ state, presence }: Pick<ContactView, "state" | "presence">): CallState {
  if (state === "ended" || presence === "left" || presence === "quick_exit") return "over";
  return state === "waiting" ? "waiting" : "talking";
}
