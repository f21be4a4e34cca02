import type { Cursor } from "../../domain/pages.ts";
import { isUnfinished } from "../../domain/run.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import type { RunSummary } from "../../domain/viewed-run.ts";
import type { ListedRun } from "../../store/reads.ts";
import type { Store } from "../../store/store.ts";
import { doneOf, runSummary } from "./run-summary.ts";

/** Caches the summaries of runs. An ended run is read only once; of an unfinished run, only new trials are read. */
export interface SummaryCache {
  readonly of: (run: ListedRun) => Promise<RunSummary>;
  /** How many trials of an unfinished run are done; -1 for an ended run, because its report has the number. */
  readonly done: (run: ListedRun) => Promise<number>;
}

export function summaryCache(store: Store): SummaryCache {
  const ended = new Map<number, { readonly stamp: string; readonly summary: RunSummary }>();
  const counts = new Map<number, { readonly trials: Set<string>; next: Cursor | null }>();
  const count = async ({ no }: ListedRun): Promise<number> => {
    const known = counts.get(no) ?? { trials: new Set<string>(), next: null };
    counts.set(no, known);
    for (let more = true; more; ) {
      const changes = await store.read.since(no, { after: known.next, limit: 10_000 });
      for (const { case_no, trial } of changes.trials) known.trials.add(`${case_no} ${trial}`);
      known.next = changes.next;
      more = changes.more;
    }
    return known.trials.size;
  };
  const done = async (run: ListedRun): Promise<number> => (isUnfinished(run.status) ? count(run) : -1);
  const of = async (run: ListedRun): Promise<RunSummary> => {
    const { no, header, status, ended_at } = run;
    const stamp = `${status} ${ended_at}`;
    const known = ended.get(no);
    if (known?.stamp === stamp && status !== "running") return known.summary;
    const written = storedSummary({ report: (await store.read.run(no))?.report ?? null });
    const underway = await done(run);
    const summary = runSummary(header, status, written, underway === -1 ? doneOf(written) : underway);
    if (status !== "running") counts.delete(no);
    ended.set(no, { stamp, summary });
    return summary;
  };
  return { of, done };
}
