import { WITHHELD } from "../domain/classification.ts";
import { itemAt } from "../domain/item-at.ts";
import type { Json } from "../domain/json.ts";
import type { CaseReport, Comparison, RunReport } from "../domain/report.ts";
import type { Metrics, MetricValue, RunHeader } from "../domain/run.ts";
import { wordsOfAnswer } from "../domain/transcript.ts";
import type { GateResult } from "../domain/verdict.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import type { Tally } from "../metrics/tally.ts";
import type { KnownSpending, Store } from "../store/store.ts";
import { answerNotes, scoreNotes } from "./answer-notes.ts";
import type { RanRun } from "./execute-run.ts";

/**
 * Maximum number of cases that never pass and, separately, of flaky cases that are shown with an answer; the rest
 * are only counted.
 */
const MAX_CASES = 5;

/**
 * Metrics of the whole run, and of each tag; the tags are in alphabetical order.
 *
 * @param beside cost of replies that are not in a scored trial
 * @param judged cost of judges; null for a run without judges
 */
export function measure(
  header: RunHeader,
  tally: Tally,
  byTag: ReadonlyMap<string, readonly number[]>,
  beside: KnownSpending,
  judged: { readonly cost_usd: number | null; readonly source?: string | undefined } | null,
) {
  const options = { trials: header.trials, scorers: header.scorers.map((one) => one.name) };
  const tags: RunReport["tags"] = Object.fromEntries(
    [...byTag]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, only]) => [tag, computeMetrics(tally, { ...options, trials: 1, only })]),
  );
  const metrics: Metrics = {
    ...computeMetrics(tally, options),
    cost_usd: sourced(allMoney(tally, beside), header.price_source),
  };
  return {
    metrics:
      judged === null
        ? metrics
        : { ...metrics, judge_cost_usd: sourced({ value: judged.cost_usd }, judged.source) },
    tags,
  };
}

function sourced(metric: MetricValue, source: string | undefined): MetricValue {
  return source === undefined || metric.value === null ? metric : { ...metric, source };
}

/** Cost of all the target's replies, also of failed ones. Unknown when the cost of any of them is unknown. */
function allMoney(tally: Tally, beside: KnownSpending): MetricValue {
  if (tally.totalAnswered + beside.replies === 0 || tally.cost.unknown + beside.unpriced > 0)
    return { value: null };
  return { value: tally.cost.sum + beside.usd };
}

export interface ReportParts {
  readonly ran: RanRun;
  readonly metrics: Metrics;
  readonly tags: RunReport["tags"];
  readonly gate: GateResult;
  readonly comparison: Comparison | null;
  readonly notes: readonly string[];
}

/** The complete report of a run that has just ended, including a few failing answers. */
export async function assembleReport(parts: ReportParts, store: Store): Promise<RunReport> {
  const { ran } = parts;
  const groups = failingCases(ran.tally);
  const shown = [...groups.never.slice(0, MAX_CASES), ...groups.flaky.slice(0, MAX_CASES)];
  return {
    header: ran.header,
    status: ran.status,
    counts: ran.counts,
    errors:
      ran.tally.totalErrored === 0
        ? []
        : await (await import("./error-reports.ts")).errorReports(ran.tally, ran.writer.no, store),
    metrics: parts.metrics,
    tags: parts.tags,
    comparison: parts.comparison,
    gate: parts.gate,
    end: ran.end,
    worst: (await Promise.all(shown.map((caseNo) => caseReport(ran, store, caseNo)))).flat(),
    failures: await countedFailures(ran, store),
    never_pass: groups.never.length,
    flaky: groups.flaky.length,
    notes: [
      ...parts.notes,
      ...answerNotes(ran.counts, ran.tally),
      ...(await scoreNotes(ran.header, ran.tally, (caseNo) =>
        store.read.trialsOfCase(ran.writer.no, caseNo),
      )),
    ],
    spent: ran.spent,
    dataset_path: ran.plan.datasetPath,
    duration_ms: ran.duration_ms,
    pace: ran.pace,
    ...retriesOf(await store.read.retries(ran.writer.no)),
  };
}

/** Failures by class; undefined when no trial failed. The rules of the classes are loaded only when one failed. */
async function countedFailures(ran: RanRun, store: Store): Promise<RunReport["failures"]> {
  if (!hasFailures(ran)) return undefined;
  const { countFailures, failuresOf } = await import("./count-failures.ts");
  return countFailures(failuresOf({ no: ran.writer.no, header: ran.header }, store));
}

const retriesOf = (retries: RunReport["retries"] | null): Pick<RunReport, "retries"> =>
  retries === null ? {} : { retries };

/** Whether a trial failed or was spoiled by its simulated user. */
function hasFailures({ tally }: RanRun): boolean {
  for (let caseNo = 0; caseNo < tally.cases; caseNo++) {
    if (itemAt(tally.passed, caseNo) < itemAt(tally.answered, caseNo)) return true;
    if ((tally.spoiled?.[caseNo] ?? 0) > 0) return true;
  }
  return false;
}

/** Case numbers of the cases that never passed, in file order, and of the flaky cases, lowest pass rate first. */
function failingCases(tally: Tally): { readonly never: number[]; readonly flaky: number[] } {
  const never: number[] = [];
  const flaky: number[] = [];
  const share = (caseNo: number): number => itemAt(tally.passed, caseNo) / itemAt(tally.answered, caseNo);
  for (let caseNo = 0; caseNo < tally.cases; caseNo++) {
    const answered = itemAt(tally.answered, caseNo);
    const passed = itemAt(tally.passed, caseNo);
    if (answered === 0 || passed === answered) continue;
    (passed === 0 ? never : flaky).push(caseNo);
  }
  flaky.sort((a, b) => share(a) - share(b));
  return { never, flaky };
}

async function caseReport(ran: RanRun, { read }: Store, caseNo: number): Promise<CaseReport[]> {
  const id = ran.plan.id(caseNo);
  const failing = (await read.trialsOfCase(ran.writer.no, caseNo)).find((one) => one.pass === false);
  if (failing === undefined) return [];
  const at = failing.scores.findIndex(
    (one, index) => one?.pass === false && ran.header.scorers[index]?.required === true,
  );
  return [
    {
      id,
      passed: itemAt(ran.tally.passed, caseNo),
      answered: itemAt(ran.tally.answered, caseNo),
      trial: failing.trial,
      scorer: ran.header.scorers[at]?.name ?? "",
      reason: failing.scores[at]?.reason ?? "",
      input: ran.plan.restricted ? WITHHELD : inputText(ran.plan.kept(caseNo).input),
      output: failing.answer === null ? "" : wordsOfAnswer(failing.answer),
      line: ran.plan.line(caseNo),
    },
  ];
}

const inputText = (input: Json): string => (typeof input === "string" ? input : JSON.stringify(input));
