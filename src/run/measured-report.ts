import { itemAt } from "../domain/item-at.ts";
import { allItems, everyPage } from "../domain/pages.ts";
import type { RunEnd, RunReport } from "../domain/report.ts";
import { isUnfinished } from "../domain/run.ts";
import { makeTally } from "../metrics/tally.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { answerNotes, scoreNotes } from "./answer-notes.ts";
import { measure } from "./assemble-report.ts";
import { countFailures, failuresOf } from "./count-failures.ts";
import { countTrials } from "./count-trials.ts";
import { errorReports } from "./error-reports.ts";
import { pressureNotes } from "./pressure-notes.ts";
import { besideScores, readFlips } from "./read-flips.ts";

/**
 * The report of a stored run whose gate was never evaluated, because its process died or because it was rescored. The
 * report is computed from the run's trials.
 */
export async function measuredReport(run: StoredRun, store: Pick<Store, "read">): Promise<RunReport> {
  const { read } = store;
  const { header } = run;
  const cases = await allItems((page) => read.cases(run.no, page));
  const tally = makeTally(cases.length, header.scorers.length);
  for await (const rows of everyPage((page) => read.trials(run.no, page)))
    for (const row of rows) tally.add(row);
  const pressure = await readFlips({ no: run.no, header, ids: cases.map(({ id }) => id) }, store);
  tally.flips = pressure?.flips ?? null;
  const byTag = new Map<string, number[]>();
  for (const { tags, case_no } of cases)
    for (const tag of new Set(tags)) byTag.set(tag, [...(byTag.get(tag) ?? []), case_no]);
  const { usd, unpriced } = await read.judgeSpending(run.no);
  const hasJudge = header.scorers.some((one) => one.judge !== undefined);
  const variantsUsd = pressure === null ? 0 : pressure.judged_usd;
  const judged = hasJudge
    ? { cost_usd: unpriced > 0 || variantsUsd === null ? null : usd + variantsUsd }
    : null;
  const early = run.status === "stopped_early";
  const failing = cases.filter(
    ({ case_no }) => itemAt(tally.passed, case_no) < itemAt(tally.answered, case_no),
  );
  const never = failing.filter(({ case_no }) => itemAt(tally.passed, case_no) === 0).length;
  const counts = countTrials(
    { cases: header.cases, planned: header.planned, calls: run.calls + (pressure?.calls ?? 0) },
    tally,
    early,
  );
  return {
    header,
    status: run.status,
    counts: {
      ...counts,
      ...(pressure === null ? {} : { variants: pressure.counts }),
      ...(judged === null ? {} : { judge_calls: run.judge_calls + (pressure?.judge_calls ?? 0) }),
    },
    errors: await errorReports(tally, run.no, store),
    ...measure(header, tally, byTag, besideScores(await read.unscoredSpending(run.no), pressure), judged),
    comparison: null,
    gate: {
      outcome: isUnfinished(run.status) || run.status === "incomplete" ? "undecided" : "not_gated",
      verdict: "none",
      rules: [],
    },
    end: endOf(run),
    worst: [],
    failures: await countFailures(failuresOf(run, store)),
    never_pass: never,
    flaky: failing.length - never,
    notes: [
      ...(header.rescored_from === null ? [] : [`Answers of run ${header.rescored_from}, scored again.`]),
      ...answerNotes(counts, tally),
      ...pressureNotes(header, pressure ?? undefined),
      ...(await scoreNotes(header, tally, (caseNo) => read.trialsOfCase(run.no, caseNo))),
    ],
    spent: { usd: null, tokens: null },
    dataset_path: "",
    duration_ms: null,
  };
}

function endOf({ status }: StoredRun): RunEnd {
  if (isUnfinished(status)) return { kind: status };
  return status === "stopped_early" ? { kind: "decided" } : { kind: "all-asked" };
}
