// What people at a desk may say about a referral, by their side and its state; core/casework/referral_transitions.tsv is
// the law, and a test holds this to it.

export type Move =
  | "review" | "ask" | "accept" | "decline" | "redirect" | "start" | "hold" | "resume" | "complete" | "not_complete"
  | "withdraw_ok" | "information" | "withdraw" | "confirm" | "note";

const undecided = ["sent", "delivered", "under_review", "info_requested"];
const working = ["accepted", "in_progress", "on_hold"];

const asked: Record<string, Move[]> = {
  delivered: ["accept", "ask", "decline", "redirect", "review"],
  under_review: ["accept", "ask", "decline", "redirect"],
  info_requested: ["accept", "decline", "redirect"],
  accepted: ["start", "complete", "not_complete"],
  in_progress: ["complete", "hold", "not_complete"],
  on_hold: ["resume", "not_complete"],
  withdraw_requested: ["withdraw_ok", "complete", "not_complete"],
};
const asker: Record<string, Move[]> = {
  ...Object.fromEntries([...undecided, ...working].map((state): [string, Move[]] => [state, ["information", "withdraw"]])),
  completed: ["confirm"],
  closed_unconfirmed: ["confirm"],
};
const silent = ["draft", "consent_check", "sealed", "erased"]; // not even a note

/// The moves, the likeliest first.
export const movesOf = (side: string, state: string): Move[] =>
  silent.includes(state) ? [] : [...((side === "asked" ? asked : asker)[state] ?? []), "note"];

/// The list of words that a move's reason is from; empty: it wants none.
export const reasonsOf = (move: Move): string =>
  ({ withdraw: "withdraw-reasons", decline: "decline-reasons", redirect: "decline-reasons", complete: "referral-outcome", not_complete: "referral-outcome", confirm: "referral-outcome" } as Record<string, string>)[move] ?? "";

export const wantsText = (move: Move): boolean => move === "information" || move === "ask" || move === "note";

/// Whether something is still to be decided or done about it.
export const isOpen = (state: string): boolean => [...undecided, ...working, "withdraw_requested", "undeliverable"].includes(state);

// Of each field of a request: the list its values are from. Others are free text.
const lists: Record<string, string> = {
  kind: "message-kinds", urgency: "urgency", age_band: "age-band", gender: "gender", languages: "language", reasons: "chi-reasons",
  services_requested: "services-requested", services_given: "services-requested", safe_contact_channel: "channel",
  consent_by: "consent-by", consent_items: "referral-items", transfer_basis: "transfer-basis",
};
export const listOfField = (field: string): string => lists[field] ?? "";
export const fieldLists = [...new Set(Object.values(lists)), "online-harm"];
