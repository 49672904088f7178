import type { TaxonomyViewTerm } from "../api";
import { matches } from "./fold";

export const reasonsMax = 3;

export interface Choice {
  id: string; // of a reason, or of what happened online
  term: TaxonomyViewTerm;
  group: TaxonomyViewTerm | undefined;
  urgency: string; // that the list proposes
}

/// Everything that can be picked: the reasons below their groups, and what happens online, under the reason it counts as.
export function choices(reasons: TaxonomyViewTerm[], online: TaxonomyViewTerm[]): Choice[] {
  const byId = new Map(reasons.map((term) => [term.id, term]));
  const urgency = (term: TaxonomyViewTerm) => term.flags.find((flag) => /^U[0-4]$/.test(flag)) ?? "";
  const usable = (term: TaxonomyViewTerm) => !term.flags.includes("group") && !term.flags.includes("retired");
  const plain = reasons.filter(usable).map((term) => ({ id: term.id, term, group: byId.get(term.parent), urgency: urgency(term) }));
  const happened = online.filter(usable).map((term) => {
    const id = term.flags.find((flag) => flag.startsWith("chi:"))?.slice(4) ?? "";
    return { id: term.id, term, group: byId.get(id), urgency: urgency(term) };
  });
  return [...plain, ...happened];
}

/// Those that what was typed fits, in any of the three languages, by their own label, their group or their id.
export const find = (all: Choice[], typed: string): Choice[] =>
  all.filter(({ id, term, group }) =>
    matches(typed, [id, term.en, term.fr, term.ar, group?.en ?? "", group?.fr ?? "", group?.ar ?? ""]),
  );

/// What is picked after a click on `id`: once more takes it away, and there are never more than three.
export const toggle = (picked: string[], id: string): string[] =>
  picked.includes(id) ? picked.filter((one) => one !== id) : picked.length < reasonsMax ? [...picked, id] : picked;

/// `id` becomes the main one.
export const main = (picked: string[], id: string): string[] => [id, ...picked.filter((one) => one !== id)];
