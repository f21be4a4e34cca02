import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { RunSummary } from "../../domain/viewed-run.ts";
import { count, dollars, percent, plural } from "../../reports/format-numbers.ts";
import { sizeOf } from "../../reports/headline.ts";
import { intervalText } from "../../reports/metric-rows.ts";
import type { PageMatrix } from "../page-documents.ts";
import { Sparkline } from "./charts.tsx";
import { useKeys } from "./keys.ts";
import { useLoaded } from "./loaded.ts";
import { go, revision } from "./page-state.ts";
import { addressOf, type Route } from "./route.ts";
import { SearchField } from "./search-field.tsx";
import type { PageSource } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { timeText } from "./verdict.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

/**
 * Maximum number of trials of a run whose list of cases is loaded before the user opens it. Loading the list of such a
 * run takes about a second.
 */
const MAX_AHEAD = 200_000;

/** The start view: each suite with its last gated run and the trend of that run's target, then every run. */
export function HomeView({ source }: { source: PageSource }): JSX.Element {
  const home = useLoaded(
    () => source.home(),
    [revision.value],
    () => source.homeAtHand(),
  );
  const newest = home.kind === "ready" ? home.value.runs[0] : undefined;
  useEffect(() => {
    // The newest run is opened most often, so it is loaded before it is requested.
    if (newest !== undefined && source.start.mode === "live") loadAhead(source, newest).catch(() => {});
  }, [newest]);
  return (
    <Await of={home} heading={<h1 tabIndex={-1}>Runs</h1>}>
      {({ runs, more }) => (
        <>
          <h1 tabIndex={-1}>Runs</h1>
          {source.live === null ? null : <OtherViews />}
          {runs.length === 0 ? (
            <p>
              No run yet. <code>evals run</code> makes one, and it appears here while it is under way.
            </p>
          ) : (
            <>
              <Suites runs={runs} matrices={source.start.matrices} />
              <RunList source={source} runs={runs} />
              {more ? <p class="faint">Older runs are not in this list.</p> : null}
            </>
          )}
        </>
      )}
    </Await>
  );
}

/** Loads the verdict of a run and, unless the run is very large or still running, its list of cases. */
async function loadAhead(source: PageSource, { id, planned, status }: RunSummary): Promise<void> {
  await source.run(id);
  if (planned <= MAX_AHEAD && status !== "running") await source.index(id);
}

/** Links from the list of runs to the other views. */
function OtherViews(): JSX.Element {
  useKeys([
    { keys: ["l"], about: "labels", act: () => go({ view: "labels" }) },
    { keys: ["t"], about: "traffic of production", act: () => go({ view: "traffic" }) },
  ]);
  return (
    <p>
      <a href={addressOf({ view: "labels" })} aria-keyshortcuts="l">
        labels <kbd>l</kbd>
      </a>{" "}
      ·{" "}
      <a href={addressOf({ view: "traffic" })} aria-keyshortcuts="t">
        traffic <kbd>t</kbd>
      </a>
    </p>
  );
}

interface Suite {
  readonly name: string;
  /** The newest run that is gated or still under way; without such a run, the suite's newest run. */
  readonly shown: RunSummary;
  /** Pass rates of the suite's runs that have the same target as `shown`, oldest first; `shown` is the last. */
  readonly rates: readonly number[];
}

/**
 * The suites, each with the run that the start view shows for it. The suite with the newest run comes first.
 *
 * @param runs newest first
 */
export function suitesOf(runs: readonly RunSummary[]): Suite[] {
  const byName = new Map<string, RunSummary[]>();
  for (const run of runs) byName.set(run.name, [...(byName.get(run.name) ?? []), run]);
  return [...byName].flatMap(([name, list]) => {
    const shown = list.find(({ outcome }) => outcome !== "not_gated") ?? list[0];
    if (shown === undefined) return [];
    // A line through runs of different prompts or models would look like a change of one target.
    const past = list.slice(list.indexOf(shown)).filter(({ target }) => target === shown.target);
    const rates = past.flatMap(({ pass_rate }) => (pass_rate?.value == null ? [] : [pass_rate.value]));
    return [{ name, shown, rates: rates.slice(0, 40).reverse() }];
  });
}

interface SuitesProps {
  /** The runs of all suites, newest first. */
  readonly runs: readonly RunSummary[];
  readonly matrices: readonly PageMatrix[];
}

function Suites({ runs, matrices }: SuitesProps): JSX.Element {
  const suites = useMemo(() => suitesOf(runs), [runs]);
  return (
    <section aria-label="suites">
      <h2>Suites</h2>
      <ul class="suites">
        {suites.slice(0, 60).map(({ name, shown, rates }) => (
          <li key={name}>
            <a href={runAddress(shown.id)}>
              <strong>{name}</strong>
            </a>{" "}
            <OutcomeWord run={shown} />
            <span class="faint line">{shown.target}</span>
            <span>{rateText(shown)}</span>
            <Sparkline values={rates} label={`pass rate of the last ${rates.length} runs of this target`} />
            <MatrixLink
              matrix={matrices.find(({ targets }) => targets.some(({ run }) => run === shown.id))}
            />
          </li>
        ))}
      </ul>
      {suites.length > 60 ? <p class="faint">{count(suites.length - 60)} more suites.</p> : null}
    </section>
  );
}

function MatrixLink({ matrix }: { matrix: PageMatrix | undefined }): JSX.Element | null {
  if (matrix === undefined) return null;
  const keys = matrix.targets.map(({ run }) => run);
  return <a href={addressOf({ view: "matrix", keys })}>{plural(keys.length, "target")} compared</a>;
}

const runAddress = (key: string): string => addressOf({ view: "run", key, query: "" });

function rateText({ pass_rate }: RunSummary): string {
  if (pass_rate?.value == null) return "";
  const interval = intervalText(pass_rate.low ?? null, pass_rate.high ?? null, "ratio");
  return interval === "" ? percent(pass_rate.value) : `${percent(pass_rate.value)} (${interval})`;
}

/** How a run ended, in a few words; for a run that is still running, its progress. */
export function OutcomeWord({ run }: { run: RunSummary }): JSX.Element {
  const { status, outcome, verdict } = run;
  const found = verdict === "none" ? "" : `: ${verdict.replaceAll("_", " ")}`;
  if (status === "running")
    return (
      <span class="unsure">
        running, {count(run.done)} of {plural(run.planned, "trial")}
      </span>
    );
  if (outcome === null) return <span class="faint">{status.replaceAll("_", " ")}</span>;
  if (outcome === "failed") return <span class="bad">FAILED{found}</span>;
  if (outcome === "undecided") return <span class="unsure">UNDECIDED{found}</span>;
  if (outcome === "not_gated") return <span>NOT GATED</span>;
  return verdict === "inconclusive" ? (
    <span class="unsure">PASSED, not enough evidence</span>
  ) : (
    <span class="good">PASSED{found}</span>
  );
}

function RunList({ source, runs }: { source: PageSource; runs: readonly RunSummary[] }): JSX.Element {
  const query = useSignal("");
  const selected = useSignal(-1);
  const chosen = useSignal<readonly string[]>([]);
  const hits = useMemo(() => foundRuns(runs, query.value), [runs, query.value]);
  const live = source.start.mode === "live";
  useEffect(() => {
    selected.value = Math.min(selected.value, hits.length - 1);
  }, [hits]);
  const choose = (id: string): void => {
    chosen.value = chosen.value.includes(id)
      ? chosen.value.filter((one) => one !== id)
      : [...chosen.value, id];
  };
  const target = comparisonOf(runs, chosen.value, live);
  const compare = (): boolean => {
    if (target === null) return false;
    go(target);
    return true;
  };
  useKeys([
    {
      keys: ["x"],
      about: "choose the selected run for a comparison",
      act: () => {
        const run = hits[selected.value];
        return run === undefined ? false : choose(run.id);
      },
    },
    { keys: ["c"], about: "compare the chosen runs", act: compare },
  ]);
  return (
    <section aria-label="runs">
      <h2>All runs</h2>
      <SearchField
        value={query.value}
        change={(text) => {
          query.value = text;
          selected.value = -1;
        }}
        enter={() => {
          selected.value = foundRuns(runs, query.value).length > 0 ? 0 : -1;
          document.querySelector<HTMLElement>(".grid")?.focus({ preventScroll: true });
        }}
        placeholder="search: suite, target, id, commit, failed"
        status={`${hits.length === runs.length ? "" : `${count(hits.length)} of `}${plural(runs.length, "run")}`}
      />
      <p class="statuses">
        <button type="button" disabled={target === null} onClick={compare}>
          compare {chosen.value.length < 2 ? "two or more chosen runs" : `${chosen.value.length} runs`}{" "}
          <kbd>c</kbd>
        </button>
      </p>
      <VirtualGrid
        shape="runs"
        label="runs"
        count={hits.length}
        selected={selected.value}
        select={(index) => {
          selected.value = index;
        }}
        open={(index) => {
          const run = hits[index];
          if (run !== undefined) go({ view: "run", key: keyOf(source, run), query: "" });
        }}
        head={["choose", "run", "outcome", "pass rate", "cost", "started"].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
        row={(index) => {
          const run = hits[index];
          return run === undefined ? null : (
            <RunCells
              run={run}
              address={runAddress(keyOf(source, run))}
              chosen={chosen.value}
              choose={choose}
            />
          );
        }}
      />
    </section>
  );
}

/** The key of a run in addresses. It is the run's id, or `a..b` in a file that compares the run with another one. */
function keyOf({ start }: PageSource, { id }: RunSummary): string {
  return start.runs.find(({ summary }) => summary.id === id)?.key ?? id;
}

/**
 * The view that compares the chosen runs; null when fewer than two are chosen. For two runs of one suite it shows the
 * newer run compared with the older one, otherwise a matrix. A page in a file shows a matrix in both cases.
 */
export function comparisonOf(
  runs: readonly RunSummary[],
  chosen: readonly string[],
  live: boolean,
): Route | null {
  const [newer, older] = runs.filter(({ id }) => chosen.includes(id));
  if (newer === undefined || older === undefined) return null;
  if (chosen.length === 2 && live && newer.suite === older.suite)
    return { view: "run", key: `${older.id}..${newer.id}`, query: "" };
  return { view: "matrix", keys: [...chosen] };
}

/** The runs that a search finds: every word must occur in one of the texts that the list shows for a run. */
export function foundRuns(runs: readonly RunSummary[], query: string): readonly RunSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return runs;
  return runs.filter((run) => {
    const { id, name, target, commit, status, outcome, verdict } = run;
    const text = [id, name, target, commit, status, outcome, verdict].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

interface RunCellsProps {
  readonly run: RunSummary;
  readonly address: string;
  readonly chosen: readonly string[];
  readonly choose: (id: string) => void;
}

function RunCells({ run, address, chosen, choose }: RunCellsProps): JSX.Element {
  return (
    <>
      <span role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`choose run ${run.id}`}
          checked={chosen.includes(run.id)}
          onChange={() => choose(run.id)}
        />
      </span>
      <span role="gridcell" class="what">
        <a href={address} tabIndex={-1}>
          {run.id} {run.name}
        </a>
        <span class="faint line">
          {run.target} · {sizeOf(run)}
        </span>
      </span>
      <span role="gridcell">
        <OutcomeWord run={run} />
      </span>
      <span role="gridcell">{rateText(run)}</span>
      <span role="gridcell">{run.cost_usd === null ? "unknown" : dollars(run.cost_usd)}</span>
      <span role="gridcell" class="faint">
        {timeText(run.started_at)}
        {run.commit === null ? "" : ` ${run.commit.slice(0, 7)}`}
      </span>
    </>
  );
}
