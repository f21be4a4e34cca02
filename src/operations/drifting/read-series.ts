import { driftNight } from "../../baselines/drift-night.ts";
import type { SeriesRun } from "../../baselines/drift-report.ts";
import type { Side } from "../../baselines/side.ts";
import { everyItem } from "../../domain/pages.ts";
import { isMadeElsewhere } from "../../domain/recorded-provider.ts";
import type { ListedRun } from "../../store/reads.ts";
import type { Store } from "../../store/store.ts";
import { storedSide } from "../sides/stored-side.ts";

/**
 * The runs that `evals drift` compares with one baseline (a series), oldest first. A run that another process is at work
 * on is left out: its answers so far are no result yet.
 *
 * @param own id of the run that this process made; null before it has made one
 */
export async function runsOfSeries(
  { read }: Pick<Store, "read">,
  { suite, alias, series }: { readonly suite: string; readonly alias: string; readonly series: string },
  own: string | null,
): Promise<ListedRun[]> {
  const found: ListedRun[] = [];
  for await (const run of everyItem((page) => read.runs({ suite }, page))) {
    const { header, status } = run;
    if (header.drift?.series !== series || header.alias !== alias) continue;
    if (status !== "running" || header.id === own) found.push(run);
  }
  return found.reverse();
}

/** Compares each run of a drift series with the series' baseline. */
export async function measureSeries(
  store: Store,
  base: Side,
  runs: readonly ListedRun[],
): Promise<SeriesRun[]> {
  const measured: SeriesRun[] = [];
  for (const run of runs) {
    const { id, started_at: at, provider, drift } = run.header;
    const sameKeys = !isMadeElsewhere(provider);
    const night = driftNight(base, await storedSide(store, run), { sameKeys, judge: drift?.judge });
    measured.push({ id, at, night, judge: drift?.judge });
  }
  return measured;
}
