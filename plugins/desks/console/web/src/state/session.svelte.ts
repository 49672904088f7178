import type { SessionView } from "../api";
import { Door } from "../door/ask";
import { speech, type Language, languages } from "./words.svelte";

/// Who sits here. `locked`: the session is over, but what was typed is still behind the page for signing in.
export const session = $state<{ who: SessionView | undefined; locked: boolean; asked: boolean }>({
  who: undefined,
  locked: false,
  asked: false,
});

export const door = new Door((...words) => fetch(...words));
door.ended = () => {
  if (session.who) session.locked = true;
};

/// Whether somebody is asked to show once more who they are.
export const confirming = $state({ open: false });
let shown: PromiseWithResolvers<boolean> | undefined;
door.confirm = () => {
  shown ??= Promise.withResolvers<boolean>();
  confirming.open = true;
  return shown.promise;
};
export function confirmed(was: boolean): void {
  confirming.open = false;
  shown?.resolve(was);
  shown = undefined;
}

/// Somebody has signed in. Somebody else than before finds nothing of the one before.
export function enter(view: SessionView): void {
  if (session.who && session.who.name !== view.name) return location.reload();
  door.renew();
  session.who = view;
  session.locked = false;
  speech.country = view.country;
  if (languages.includes(view.language as Language)) speech.language = view.language as Language;
}

export async function leave(): Promise<void> {
  await door.ask("sessionEnd", null).catch(() => {});
  location.reload(); // nothing of what was read stays in memory
}

const ranks = ["volunteer", "counsellor", "supervisor"];

/// Whether who sits here has one of the roles, or a higher one of the same line, as the node sees it.
export const may = (...roles: string[]): boolean =>
  (session.who?.roles ?? []).some(
    (have) => roles.includes(have) || roles.some((role) => ranks.includes(role) && ranks.indexOf(have) > ranks.indexOf(role)),
  );
