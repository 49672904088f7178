import { conversation } from "./conversation.svelte";
import { lists } from "./lists.svelte";
import { call, control, dial, isHeld, myCall } from "./call.svelte";
import { callState } from "../words/call";
import { takeCalls } from "./phones";
import { complain } from "./notices.svelte";
import { go, route, visit, type Place } from "./route.svelte";
import { door, leave, may } from "./session.svelte";
import { theme } from "./theme.svelte";
import { sorted } from "../words/queue";
import { languageNames, languages, speech, t, type Key } from "./words.svelte";

export interface Command {
  id: string;
  text: string;
  keys?: string; // as it is written on the keys
  run: () => unknown;
}

/// The pages, and who sees each.
export const places: { page: Place["page"]; roles: string[] }[] = [
  { page: "desk", roles: ["volunteer"] },
  { page: "cases", roles: ["counsellor"] },
  { page: "referrals", roles: ["counsellor"] },
  { page: "board", roles: ["supervisor"] },
  { page: "statistics", roles: ["supervisor", "data_officer"] },
  { page: "people", roles: ["admin", "supervisor"] },
  { page: "node", roles: ["admin", "supervisor", "auditor"] },
];
export const myPlaces = () => places.filter((place) => may(...place.roles));

/// What is open above the page.
export const above = $state<{ bar: boolean; help: boolean; phones: boolean }>({ bar: false, help: false, phones: false });

/// Takes whoever is chosen, or else whoever is next. What was set aside is taken only where it was chosen.
export async function take(): Promise<void> {
  const waiting = lists.queue.value?.waiting ?? [];
  const id = (waiting.find((one) => one.contact.id === route.id) ?? sorted(waiting).ours[0])?.contact.id;
  if (!id || !may("volunteer")) return;
  try {
    await door.ask("contactOpen", id);
    await lists.queue.load();
    go("desk", id);
    await conversation.show(id);
    focus("[data-reply]");
  } catch (error) {
    complain(error);
  }
}

/// The next one of the queue's list, or the one before.
export function step(by: 1 | -1): void {
  const queue = lists.queue.value;
  if (!queue) return;
  const ids = [...document.querySelectorAll<HTMLElement>("[data-contact]")].map((one) => one.dataset["contact"]!);
  const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(route.id) + by))];
  if (next) go("desk", next);
}

export const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus();

// What can be done with the call of the conversation that is open.
function callCommands(): Command[] {
  const mine = myCall();
  if (!mine || route.page !== "desk") return [];
  const named = (key: Key) => `${t("call")}: ${t(key)}`;
  const dialling = { id: "dial", text: named("call.dial"), keys: "Alt+C", run: () => dial(mine.id).catch(complain) };
  if (callState(mine) !== "talking") return [dialling];
  const held = isHeld(mine);
  return [
    dialling,
    { id: "hold", text: named(held ? "call.resume" : "call.hold"), keys: "Alt+H", run: () => control(mine.id, held ? "resume" : "hold").catch(complain) },
    { id: "transfer", text: named("call.transfer"), keys: "Alt+X", run: () => (call.ask = "transfer") },
    { id: "hang-up", text: named("call.hang_up"), keys: "Alt+G", run: () => control(mine.id, "hang_up").catch(complain) },
  ];
}

/// Everything that can be done from anywhere.
export const commands = (): Command[] => [
  ...(may("volunteer") ? [{ id: "take", text: t("command.take"), keys: "T", run: take }] : []),
  ...myPlaces().map(({ page }, index) => ({ id: page, text: t("command.go", { page: t(`page.${page}` as Key) }), keys: `Alt+${index + 1}`, run: () => visit(page) })),
  ...(route.page === "desk" && conversation.contact?.state === "open"
    ? [
        { id: "reply", text: t("command.reply"), keys: "R", run: () => focus("[data-reply]") },
        { id: "note", text: t("command.note"), keys: "N", run: () => focus("[data-note]") },
      ]
    : []),
  ...callCommands(),
  ...(may("volunteer") ? [{ id: "phones", text: t("phone.mine"), run: () => (above.phones = true) }] : []),
  ...(lists.phones.value?.phones.length ? [lists.phones.value.ready ? { id: "pause", text: `${t("phone")}: ${t("phone.pause")}`, run: () => (above.phones = true) } : { id: "ready", text: `${t("phone")}: ${t("phone.readyGo")}`, run: () => takeCalls().catch(complain) }] : []),
  { id: "theme", text: t(theme.dark ? "theme.light" : "theme.dark"), run: () => theme.turn() },
  ...languages.filter((one) => one !== speech.language).map((one) => ({ id: one, text: languageNames[one], run: () => (speech.language = one) })),
  { id: "help", text: t("command.help"), keys: "?", run: () => (above.help = true) },
  { id: "leave", text: t("leave"), run: leave },
];
