import { untrack } from "svelte";
import { Refusal } from "../door/ask";
import { nodesOf } from "../words/directory";
import { changed, shownMax, type Queue } from "../words/queue";
import { setClock } from "./clock.svelte";
import { Reading } from "./reading.svelte";
import { door, session } from "./session.svelte";
import { speech, taxonomies } from "./words.svelte";

// Only what changed since the last time is asked for.
const queue: Reading<Queue> = new Reading(async () => {
  const before = untrack(() => queue.value);
  const ask = (known: string) => door.ask("queueWatch", { known, limit: shownMax });
  const change = await ask(before?.version ?? "0");
  setClock(change.now);
  const after = changed(before, change) ?? changed(undefined, await ask("0"));
  if (!after) throw new Refusal("bad_answer");
  return after;
});

/// What the pages show, each read from the node when a page wants it.
export const lists = {
  queue,
  staff: new Reading(() => door.ask("staffList", null)),
  exposures: new Reading(() => door.ask("exposureShow", null)),
  phones: new Reading(() => door.ask("phoneList", null)),
  phoneBoard: new Reading(() => door.ask("phoneBoard", null)),
  samples: new Reading(() => door.ask("sampleList", null)),
  cases: new Reading(() => door.ask("caseList", null)),
  referrals: new Reading(() => door.ask("referralList", null)),
  escalations: new Reading(() => door.ask("escalationList", null)),
  partners: new Reading(() => door.ask("partnerList", null)),
  glasses: new Reading(() => door.ask("glassList", null)),
  form: new Reading(() => door.ask("formShow", null)),
  clocks: new Reading(() => door.ask("clockList", null)),
  overrides: new Reading(() => door.ask("overrideList", null)),
  erasures: new Reading(() => door.ask("erasureList", null)),
  accounts: new Reading(() => door.ask("accountList", null)),
  plugins: new Reading(() => door.ask("pluginList", "")),
  links: new Reading(() => door.ask("linkList", null)),
  rosters: new Reading(() => door.ask("rosterList", null)),
  nodes: new Reading(async () => nodesOf((await door.ask("directoryShow", null)).note)),
  backups: new Reading(() => door.ask("backupList", null)),
  policies: new Reading(() => door.ask("policyList", null)),
  status: new Reading(() => door.ask("nodeStatus", null)),
};

/// Reads lists of words once, those that are not there yet.
export async function wantWords(...names: string[]): Promise<void> {
  await Promise.all(
    names
      .filter((name) => !taxonomies.has(name))
      .map(async (name) => {
        taxonomies.set(name, []);
        try {
          taxonomies.set(name, (await door.ask("taxonomyShow", name)).terms);
        } catch {
          taxonomies.delete(name); // the next page that wants it asks again
        }
      }),
  );
}

/// The nodes that something may be sent to: all but this one.
export const otherNodes = () => (lists.nodes.value ?? []).filter((one) => one.id !== session.who?.node);

/// Those who can have a case.
export const colleagues = () => (lists.staff.value ?? []).filter((one) => one.roles.includes("counsellor") || one.roles.includes("supervisor"));

/// A partner by the name that people know it by, in this page's language.
export function partnerName(id: string): string {
  const name = lists.partners.value?.find((one) => one.id === id)?.name ?? [];
  return (name.find((one) => one.language === speech.language) ?? name.find((one) => one.language === "en"))?.text || id;
}

/// A node by the name that people know it by.
export const nodeName = (id: string): string => lists.nodes.value?.find((one) => one.id === id)?.name || id;
