import { targetKey } from "../domain/listed-target.ts";
import type { PastRun, ReportedRun, RunReport } from "../domain/report.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { ViewedRun } from "../domain/viewed-run.ts";
import { withheldReport } from "../domain/withheld-report.ts";
import { type BaselineCounts, type CaseRowsInput, caseRows } from "../run/case-rows.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { withheldStore } from "../store/withheld-store.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";

/** Maximum number of runs in a trend. */
const MAX_PAST = 40;

export interface RunSources {
  readonly store: Store;
  /** Absolute path of the project root. */
  readonly root: string;
  /** Number of the run in the store. */
  readonly no: number;
  readonly baseline: { readonly side: BaselineCounts | null; readonly run: StoredRun | null };
  readonly lineOf: CaseRowsInput["lineOf"];
}

/** A report with its cases and history, which are read while the store is open. */
export function reportedRun(
  given: RunReport,
  { store: whole, root, no, baseline, lineOf }: RunSources,
): ReportedRun {
  const { header } = given;
  const restricted = restrictedRuns(root)(header);
  const store = restricted ? withheldStore(whole) : whole;
  const report = restricted ? withheldReport(given) : given;
  const rowsWith = (counts: () => BaselineCounts | null): ReportedRun["rows"] =>
    caseRows(
      {
        run: { no, header },
        comparison: report.comparison,
        // Reads the counts only when the rows are iterated, because a page may show a run without its rows.
        get baseline() {
          return counts();
        },
        baselineRun: baseline.run,
        lineOf,
      },
      store,
    );
  const rows = rowsWith(() => baseline.side);
  // If the baseline is a stored run, a page reads its trials, which say more than its counts.
  const viewRows = baseline.run === null ? rows : rowsWith(() => null);
  const makeView = async (): Promise<ViewedRun> => {
    const { viewRun } = await import("./viewing/view-run.ts");
    const run = { no, header };
    return viewRun({ store, root, run, report, baseline: baseline.run, rows: viewRows, restricted });
  };
  let view: Promise<ViewedRun> | undefined;
  return {
    report,
    rows,
    history: () => pastRuns(report, no, store),
    view: () => {
      view ??= makeView();
      return view;
    },
  };
}

/** This run and earlier runs of the same suite and target with the same selection of cases, oldest first. */
async function pastRuns({ header, metrics }: RunReport, no: number, { read }: Store): Promise<PastRun[]> {
  const chosen = JSON.stringify(header.narrowing);
  const { items } = await read.runs({ suite: header.suite }, { limit: MAX_PAST * 5 });
  const alike = items.filter(
    (run) =>
      run.no < no &&
      targetKey(run.header) === targetKey(header) &&
      JSON.stringify(run.header.narrowing) === chosen,
  );
  const earlier: PastRun[] = [];
  for (const one of alike) {
    if (earlier.length === MAX_PAST - 1) break;
    const run = await read.run(one.no);
    const rate = run && storedSummary(run).metrics?.pass_rate;
    const { id, started_at, target } = one.header;
    if (rate?.value != null) earlier.push({ id, started_at, target, pass_rate: rate });
  }
  const { id, started_at, target } = header;
  return [...earlier.reverse(), { id, started_at, target, pass_rate: metrics.pass_rate ?? { value: null } }];
}
