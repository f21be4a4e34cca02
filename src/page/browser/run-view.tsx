import type { JSX } from "preact";
import type { RunReport } from "../../domain/report.ts";
import type { RunSummary } from "../../domain/viewed-run.ts";
import type { IndexDocument, RunDocument } from "../page-documents.ts";
import { CaseColumns } from "./case-columns.ts";
import { CaseList } from "./case-list.tsx";
import { Histogram, Trend, tenths, trendOf } from "./charts.tsx";
import { sidesOf } from "./commands.ts";
import { FailureSection } from "./failure-section.tsx";
import { OutcomeWord } from "./home-view.tsx";
import { type Loaded, useLoaded } from "./loaded.ts";
import { MetricSection, TagSection } from "./metric-table.tsx";
import { revision } from "./page-state.ts";
import { PromptDiff } from "./prompt-diff.tsx";
import type { PageSource } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { timeText, UnpairedSection, VerdictSection } from "./verdict.tsx";

export interface RunViewProps {
  readonly source: PageSource;
  readonly runKey: string;
  /** The search in the page's address. */
  readonly query: string;
}

/** One run: the verdict first, then its cases, then metrics and changes. */
export function RunView({ source, runKey, query }: RunViewProps): JSX.Element {
  const run = useLoaded(
    () => source.run(runKey),
    [runKey, revision.value],
    () => source.runAtHand(runKey),
  );
  const columns = useColumns(source, runKey);
  return (
    <>
      <Await
        of={run}
        meanwhile={<FirstWords runKey={runKey} summary={source.summaryAtHand(runKey)} />}
        heading={<FirstWords runKey={runKey} summary={null} />}
      >
        {({ report }) => <VerdictSection report={report} />}
      </Await>
      {run.kind === "failed" && columns.kind === "failed" ? null : (
        <section aria-label="cases">
          <h2>Cases</h2>
          <CaseList source={source} runKey={runKey} index={columns} query={query} />
        </section>
      )}
      {run.kind === "ready" ? (
        <>
          <FailureSection report={run.value.report} runKey={runKey} />
          <RunNumbers run={run.value} />
        </>
      ) : null}
      {columns.kind === "ready" ? <Distributions columns={columns.value} /> : null}
      {run.kind === "ready" ? <UnpairedSection report={run.value.report} /> : null}
    </>
  );
}

/** A heading with the run's outcome from the list of runs, shown until the run itself has loaded. */
function FirstWords({ runKey, summary }: { runKey: string; summary: RunSummary | null }): JSX.Element {
  if (summary === null) return <h1 tabIndex={-1}>{runWords(runKey)}</h1>;
  return (
    <>
      <h1 tabIndex={-1}>
        {summary.name} <OutcomeWord run={summary} />
      </h1>
      <p>
        {summary.target} · run <code>{summary.id}</code> · {timeText(summary.started_at)}
      </p>
    </>
  );
}

/** `Run 3f9c21aa`, or `Run 3f9c21aa compared with 51d0a77e`. */
function runWords(key: string): string {
  const [a, b] = sidesOf(key);
  return b === undefined ? `Run ${a}` : `Run ${b} compared with ${a}`;
}

function RunNumbers({ run: { report, prompts, history } }: { run: RunDocument }): JSX.Element {
  return (
    <>
      <MetricSection report={report} />
      {prompts === null ? null : <PromptDiff prompts={prompts} />}
      <TagSection report={report} />
      {trendOf(history).length < 2 ? null : (
        <section aria-label="pass rate over runs">
          <h2>Pass rate over runs of this target</h2>
          <Trend history={history} />
        </section>
      )}
    </>
  );
}

/** Loads the columns of a run's cases: once for a finished run, and again after each change of a running run. */
export function useColumns(source: PageSource, key: string): Loaded<CaseColumns> {
  return useLoaded(
    async () => {
      // The run, which has the verdict, is requested before its list of cases, because a long list takes a while.
      const { report } = await source.run(key);
      const index = await source.index(key);
      const known = shownColumns.get(source)?.get(key);
      return known?.index === index ? known.columns : keepColumns(source, key, index, report);
    },
    [key, revision.value],
    () => shownColumns.get(source)?.get(key)?.columns ?? null,
  );
}

interface ShownColumns {
  readonly index: IndexDocument;
  readonly columns: CaseColumns;
}

/**
 * The columns of the last `MAX_SHOWN` runs by key. With them, the view of a case that is opened from the list need not
 * wait for its data.
 */
const shownColumns = new WeakMap<PageSource, Map<string, ShownColumns>>();
const MAX_SHOWN = 6;

function keepColumns(source: PageSource, key: string, index: IndexDocument, report: RunReport): CaseColumns {
  const columns = new CaseColumns(index, report.failures);
  const kept = shownColumns.get(source) ?? new Map<string, ShownColumns>();
  shownColumns.set(source, kept);
  kept.delete(key);
  kept.set(key, { index, columns });
  for (const old of kept.keys()) if (kept.size > MAX_SHOWN) kept.delete(old);
  return columns;
}

/** Histograms of the cases: by their share of passed trials, and by their mean score for each scorer. */
function Distributions({ columns }: { columns: CaseColumns }): JSX.Element {
  const indexes = Array.from({ length: columns.size }, (_, index) => index);
  const spread = [
    { name: "passed trials of a case", bins: tenths(indexes.map((index) => columns.shareOf(index))) },
    ...columns.scorers.slice(0, 20).map((name, scorer) => ({
      name,
      bins: tenths(indexes.map((index) => columns.scoreOf(scorer, index))),
    })),
  ];
  return (
    <section aria-label="distribution over cases">
      <h2>Distribution over cases</h2>
      <div class="figures">
        {spread.map(({ name, bins }, at) => (
          <Histogram key={at === 0 ? " share" : name} name={name} bins={bins} />
        ))}
      </div>
      <p class="legend">
        Each column counts the cases whose mean over their trials lies in one tenth of the range from 0 to 1.
      </p>
    </section>
  );
}
