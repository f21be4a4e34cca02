import type { Arm } from "../baselines/arm.ts";
import { armOfRun } from "../baselines/arm.ts";
import { gateRun, regressionRules, rulesSoFar } from "../baselines/gate-run.ts";
import { type SequentialStop, sequentialStop } from "../baselines/sequential-stop.ts";
import { sha256 } from "../domain/json.ts";
import type { Metrics, RunHeader, StoredCase } from "../domain/run.ts";
import type { Tally } from "../metrics/tally.ts";
import type { EarlyStop, RanRun } from "../run/execute-run.ts";
import { scorerHash } from "../run/fingerprint.ts";
import type { Plan } from "../run/plan.ts";
import type { BaselineSide } from "./baseline-side.ts";

/** The gate of one run, from its first trial to its conclusion. */
export interface RunGate {
  /** Null when all trials are asked: nothing to compare with, `--all-trials`, or answers that are there already. */
  readonly early: EarlyStop | null;
  start(header: RunHeader, tally: Tally): void;
  conclude(ran: RanRun, metrics: Metrics): ReturnType<typeof gateRun>;
}

/**
 * Recorded answers are never stopped early: reading the rest costs nothing, and more evidence is better evidence.
 */
export function gateFor(
  plan: Plan,
  { arm: baseline, accepted }: Pick<BaselineSide, "arm" | "accepted">,
  { allTrials }: { allTrials: boolean },
): RunGate {
  const { gate } = plan.suite.suite;
  const rules = regressionRules(gate);
  const started: { header?: RunHeader; tally?: Tally } = {};
  const sequential =
    baseline === null ||
    rules.length === 0 ||
    allTrials ||
    plan.target.client.immediate === true ||
    rules.some((rule) => rule.mode === "point")
      ? null
      : stopFor(plan, baseline, (bound) => {
          const { header, tally } = started;
          if (header === undefined || tally === undefined) return ["undecided"];
          const left = (caseNo: number): number => plan.planned(caseNo) - (tally.answered[caseNo] ?? 0);
          return rulesSoFar(
            { gate, header, tally, casesOf: (selector) => selectedBy(plan, selector) },
            left,
            bound,
          );
        });
  return {
    early: sequential === null ? null : { stop: sequential, order: sequential.order, note: sequential.note },
    start: (header, tally) => {
      started.header = header;
      started.tally = tally;
    },
    conclude: (ran, metrics) =>
      gateRun({
        gate,
        header: ran.header,
        tally: ran.tally,
        metrics,
        missing: missingTrials(ran),
        totalMissing: ran.counts.errored + ran.counts.skipped,
        casesOf: (selector) => selectedBy(plan, selector),
        baseline,
        accepted,
        candidate: (tally) => armOfRun(ran.header, casesOf(plan), tally),
        // A run that was cut short has no last look: the fixed test speaks of what is there.
        look:
          ran.end.kind === "decided" || ran.end.kind === "all-asked" ? (sequential?.latest() ?? null) : null,
      }),
  };
}

function stopFor(
  plan: Plan,
  baseline: Arm,
  others: (bound: number | null) => ReturnType<typeof rulesSoFar>,
): SequentialStop {
  const cases = casesOf(plan);
  return sequentialStop({
    baseline,
    candidate: {
      side: "this run",
      run: null,
      suite: plan.suite.name,
      target: plan.target.label,
      fingerprint: plan.fingerprint,
      trials: plan.trials,
      ids: cases.map((one) => one.id),
      contents: cases.map((one) => one.content_hash),
      tagsOf: (place) => cases[place]?.tags ?? [],
      names: plan.scorers.map((one) => one.name),
      scorers: plan.scorers.map((one) => ({
        hash: scorerHash(one),
        required: one.required,
        binary: one.binary,
      })),
    },
    trials: plan.trials,
    rules: regressionRules(plan.suite.suite.gate),
    narrowed: plan.narrowing !== null,
    seed: sha256(`${cases.map((one) => one.content_hash).join()}\n${plan.fingerprint}`),
    others,
  });
}

function casesOf(plan: Plan): StoredCase[] {
  const tags = Array.from({ length: plan.count }, (): string[] => []);
  for (const [tag, cases] of plan.tags) for (const caseNo of cases) tags[caseNo]?.push(tag);
  return tags.map((own, caseNo) => ({
    case_no: caseNo,
    id: plan.id(caseNo),
    content_hash: plan.contentHash(caseNo),
    request_hash: plan.requestHash(caseNo),
    key: plan.key(caseNo),
    tags: own,
    planned: plan.planned(caseNo),
  }));
}

/** Errored and skipped trials of a case; after an early stop what was not asked is not missing. */
function missingTrials(ran: RanRun): (caseNo: number) => number {
  if (ran.end.kind === "decided") return (caseNo) => ran.tally.errored[caseNo] ?? 0;
  return (caseNo) => ran.plan.planned(caseNo) - (ran.tally.answered[caseNo] ?? 0);
}

/** The cases that `tag:…` or `case:…` names. */
function* selectedBy(
  plan: Plan,
  selector: string,
): IterableIterator<{ readonly case_no: number; readonly id: string }> {
  if (selector.startsWith("tag:")) {
    for (const case_no of plan.tags.get(selector.slice(4)) ?? []) yield { case_no, id: plan.id(case_no) };
    return;
  }
  const wanted = selector.slice("case:".length);
  for (let case_no = 0; case_no < plan.count; case_no++) {
    if (plan.id(case_no) === wanted) yield { case_no, id: wanted };
  }
}
