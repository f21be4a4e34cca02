import { type Side, sideOfRun } from "../../baselines/side.ts";
import { isUnfinished } from "../../domain/run.ts";
import { makeTally } from "../../metrics/tally.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** A stored run as one side of a comparison: one scan of its scores, for a comparison asks no more. */
export function storedSide(store: Store, run: StoredRun): Side {
  const cases = store.cases(run.no);
  const tally = makeTally(cases.length, run.header.scorers.length);
  for (const row of store.scanScores(run.no)) tally.add(row);
  const side = sideOfRun(run.header, cases, tally);
  return isUnfinished(run.status) ? { ...side, label: `${side.label}, ${run.status}` } : side;
}
