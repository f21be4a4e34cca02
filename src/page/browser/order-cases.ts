import type { CaseColumns } from "./case-columns.ts";
import { hasStatus } from "./query.ts";

/**
 * The possible orders of a list of cases. `worst` begins with the cases that broke. Then come cases that never
 * pass, cases that fell, cases with errors, and cases with failed trials.
 */
export const ORDERS = ["worst", "case", "before", "now", "change"] as const;
export type Order = (typeof ORDERS)[number];

/**
 * Indices of a run's cases in an order. Equal cases keep the run's order, and cases with an unknown value are last,
 * also when the order is reversed.
 *
 * @param down whether to reverse the order
 */
export function orderedPlaces(columns: CaseColumns, order: Order, down: boolean): Uint32Array {
  const sign = down ? -1 : 1;
  const indexes = Uint32Array.from({ length: columns.size }, (_, index) => index);
  if (order === "case") {
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    return indexes.sort((a, b) => sign * compare(columns.idOf(a), columns.idOf(b)) || a - b);
  }
  const keys = Float64Array.from(indexes, (index) => {
    const key = orderKey(columns, index, order);
    return key === LAST ? LAST : sign * key;
  });
  return indexes.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
}

/** Sort key of a case whose value is unknown, so that the case comes last. */
const LAST = 1e9;
/** Sort key, within its rank, of a case whose share is unknown: above any known share, and below the next rank. */
const LAST_OF_RANK = 5;

function orderKey(columns: CaseColumns, index: number, order: Exclude<Order, "case">): number {
  const [now, was] = [columns.shareOf(index), columns.shareBefore(index)];
  switch (order) {
    case "now":
      return now ?? LAST;
    case "before":
      return was ?? LAST;
    case "change":
      return now === null || was === null ? LAST : now - was;
    case "worst":
      return rankOf(columns, index) * 10 + (now === null ? LAST_OF_RANK : now - (was ?? 0));
    default:
      return order satisfies never;
  }
}

function rankOf(columns: CaseColumns, index: number): number {
  const change = columns.changeOf(index);
  const sure = columns.isSure(index);
  if (change === "broken" && sure) return 0;
  if (hasStatus(columns, index, "never")) return 1;
  if (change === "broken") return 2;
  if (hasStatus(columns, index, "errored")) return 3;
  if (hasStatus(columns, index, "failing")) return 4;
  if (change === "fixed") return 5;
  if (change === "new" || change === "changed" || change === "missing") return 6;
  return 7;
}
