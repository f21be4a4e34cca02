import { type Signal, signal } from "@preact/signals";
import { leaveView } from "./focus.ts";
import type { Order } from "./order-cases.ts";
import { addressOf, parentOf, parseRoute, type Route, viewAddress } from "./route.ts";

/** The current view. */
export const route: Signal<Route> = signal(parseRoute(location.hash));

/**
 * Opens a view and adds it to the browser's history. The view is opened at once and not when the browser tells that the
 * address has changed: a key that is pressed before that would still act on the old view.
 */
export function go(to: Route): void {
  location.hash = addressOf(to);
  enter(to);
}

function enter(to: Route): void {
  if (addressOf(to) === addressOf(route.value)) return;
  leaveView(viewAddress(route.value));
  route.value = to;
}

/** Makes the address match the view, without a new entry in the browser's history. */
export function retitle(to: Route): void {
  if (addressOf(to) === addressOf(route.value)) return;
  history.replaceState(null, "", addressOf(to));
  route.value = to;
}

/** Opens the view of the new address whenever the user changes the address, also by a link or the back button. */
export function followAddress(): void {
  addEventListener("hashchange", () => enter(parseRoute(location.hash)));
}

/**
 * Handles Escape: goes from a view to the view that contains it.
 *
 * @param home whether the page has a start view besides the current one
 * @returns false when no view contains the current one
 */
export function goBack(home: boolean): boolean {
  const to = parentOf(route.value);
  if (to === null || (to.view === "home" && !home)) return false;
  go(to.view === "run" ? { ...to, query: listOf(to.key).query.value } : to);
  return true;
}

/**
 * The state of a run's list of cases. It is kept while the page is open, and restored when the user returns to
 * the list.
 */
export interface ListState {
  readonly query: Signal<string>;
  readonly order: Signal<Order>;
  readonly down: Signal<boolean>;
  /** Index in `hits` of the selected case; -1 when no case is selected. */
  readonly selected: Signal<number>;
  /** Indices of the cases that the search finds, in the list's order. */
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

/** True after the user pressed `/` in a view without a search field. The list then focuses its search field. */
export const searchWanted: Signal<boolean> = signal(false);

/** Increases when labels or counts of a run change. Views depend on this number, so they load their data again. */
export const revision: Signal<number> = signal(0);
