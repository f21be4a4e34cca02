import { type Side, sideOfRun } from "../../baselines/side.ts";
import { allItems, everyPage } from "../../domain/pages.ts";
import { recordsFailures } from "../../domain/records-failures.ts";
import { isUnfinished } from "../../domain/run.ts";
import { makeTally } from "../../metrics/tally.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Number of rows read at once. It is larger than the default, because rows of scores are small. */
const PAGE = 10_000;

/** A stored run as one side of a comparison. It is made from one scan of the run's scores. */
export async function storedSide(
  { read }: Pick<Store, "read">,
  run: Pick<StoredRun, "no" | "header" | "status">,
): Promise<Side> {
  const cases = await allItems((page) => read.cases(run.no, page));
  const tally = makeTally(cases.length, run.header.scorers.length);
  for await (const rows of everyPage((page) => read.scores(run.no, page), PAGE))
    for (const row of rows) tally.add(row);
  const side = sideOfRun(run.header, cases, tally);
  return isUnfinished(run.status) ? { ...side, label: `${side.label}, ${run.status}` } : side;
}

/** Adds to a stored run's side the results of its variants and its failure classes, if the run recorded them. */
export async function withPressure(side: Side, run: StoredRun | null, store: Store): Promise<Side> {
  if (run === null || !recordsFailures(run.header)) return side;
  const [{ failuresByCase }, { readFlips }] = await Promise.all([
    import("../../run/count-failures.ts"),
    import("../../run/read-flips.ts"),
  ]);
  const pressed = await readFlips({ no: run.no, header: run.header, ids: side.ids }, store);
  return {
    ...side,
    ...(pressed === null ? {} : { flips: pressed.flips }),
    failures: await failuresByCase(run, store),
  };
}
