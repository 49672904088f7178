import { Refusal } from "../door/ask";
import { maybe, t, type Key } from "./words.svelte";

export interface Notice {
  id: number;
  kind: "good" | "bad";
  text: string;
  mend: string;
}

const goodForMs = 6_000;
let next = 1;
export const notices = $state<Notice[]>([]);

export function dismiss(id: number): void {
  const index = notices.findIndex((one) => one.id === id);
  if (index >= 0) notices.splice(index, 1);
}

function add(kind: Notice["kind"], text: string, mend = ""): void {
  const id = next++;
  notices.push({ id, kind, text, mend });
  if (kind === "good") setTimeout(() => dismiss(id), goodForMs);
}

/// What went well, in one short sentence.
export const say = (key: Key, values: Record<string, string | number> = {}): void => add("good", t(key, values));

/// What was refused, in this page's language where the code is known, else in the node's words.
export function refusalText(error: unknown): { code: string; text: string; mend: string } {
  const { code, wrong, mend } = error instanceof Refusal ? error : new Refusal("fault");
  const known = maybe(`refused.${code}`, "");
  return { code, text: known || wrong || t("refused.other", { code }), mend: known ? maybe(`refused.${code}.mend`, mend) : mend };
}

/// A refusal stays until it is read. An ended session has a page of its own.
export function complain(error: unknown): void {
  if (error instanceof Refusal && error.code === "session_ended") return;
  const { text, mend } = refusalText(error);
  if (!notices.some((one) => one.text === text)) add("bad", text, mend);
}
