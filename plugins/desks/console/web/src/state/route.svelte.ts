/// Where the page is. Addresses and the browser's history never say it: they hold a number, this page the rest.
export interface Place {
  page: "desk" | "cases" | "referrals" | "board" | "statistics" | "people" | "node";
  id: string;
}

const places: Place[] = [{ page: "desk", id: "" }];
export const route = $state<Place>({ page: "desk", id: "" });

history.replaceState(0, "");
addEventListener("popstate", (event) => Object.assign(route, places[Number(event.state) || 0] ?? places[0]));

/// Another page as it was left; the page one is on already from its beginning.
export function visit(page: Place["page"]): void {
  go(page, route.page === page ? "" : (places.findLast((one) => one.page === page)?.id ?? ""));
}

export function go(page: Place["page"], id = ""): void {
  if (route.page === page && route.id === id) return;
  places.push({ page, id });
  history.pushState(places.length - 1, "");
  Object.assign(route, { page, id });
}
