import { type Signal, signal } from "@preact/signals";
import type { Order } from "./order-cases.ts";
import { addressOf, parentOf, parseRoute, type Route } from "./route.ts";

/** What is shown now. */
export const route: Signal<Route> = signal(parseRoute(location.hash));

/** Goes to a view; the browser's own way back leads here again. */
export function go(to: Route): void {
  location.hash = addressOf(to);
}

/** Says in the address what the view shows, without a step in the browser's history. */
export function retitle(to: Route): void {
  if (addressOf(to) === addressOf(route.value)) return;
  history.replaceState(null, "", addressOf(to));
  route.value = to;
}

/** Follows the address. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    route.value = parseRoute(location.hash);
  });
}

/** Escape: one view outwards. @param home whether there is a home to go to */
export function goBack(home: boolean): boolean {
  const to = parentOf(route.value);
  if (to === null || (to.view === "home" && !home)) return false;
  go(to.view === "run" ? { ...to, query: listOf(to.key).query.value } : to);
  return true;
}

/** How a run's list of cases stands, as long as the page is open: whoever comes back finds it as it was. */
export interface ListState {
  readonly query: Signal<string>;
  readonly order: Signal<Order>;
  readonly down: Signal<boolean>;
  /** Place in `hits`; -1 for none. */
  readonly selected: Signal<number>;
  /** Places of the cases that the search finds, in the list's order. */
  readonly hits: Signal<readonly number[]>;
}

const lists = new Map<string, ListState>();

export function listOf(key: string): ListState {
  const known = lists.get(key) ?? {
    query: signal(""),
    order: signal<Order>("worst"),
    down: signal(false),
    selected: signal(-1),
    hits: signal<readonly number[]>([]),
  };
  lists.set(key, known);
  return known;
}

/** Set when a view that has no search of its own was left for the list, to search there. */
export const searchWanted: Signal<boolean> = signal(false);

/** Where labels and counts of a run change, so that what shows it asks again. */
export const revision: Signal<number> = signal(0);
