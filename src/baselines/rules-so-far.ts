import { itemAt } from "../domain/item-at.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import type { Tally } from "../metrics/tally.ts";
import { normalCdf } from "../statistics/normal-distribution.ts";
import { wilsonNeff } from "../statistics/wilson-interval.ts";
import { checkCritical } from "./critical.ts";
import { checkEachCase } from "./each-case.ts";
import type { GateInput } from "./gate-input.ts";
import { unscoredFor } from "./lacking-trials.ts";
import { checkRequirements } from "./requirements.ts";

/**
 * Outcomes of the rules other than the regression rules while trials are outstanding. A rule is decided if the
 * outstanding trials cannot change its result. A rule on a mean is also decided if the interval of that mean, widened
 * because it is looked at repeatedly, lies on one side of the rule's bound.
 *
 * @param left number of a case's trials that have not been answered yet
 * @param bound the look's bound on z; null before every case has run once
 */
export function rulesSoFar(
  { gate, header, tally, casesOf, idOf }: Pick<GateInput, "gate" | "header" | "tally" | "casesOf" | "idOf">,
  left: (caseNo: number) => number,
  bound: number | null,
): RuleResult["outcome"][] {
  const scorers = header.scorers.map((one) => one.name);
  const metrics = computeMetrics(tally, { trials: header.trials, scorers });
  const totalMissing = Math.max(1, header.planned - tally.totalAnswered);
  const measured = { tally, metrics, trials: header.trials, scorers, missing: left, totalMissing };
  const required = checkRequirements(gate.require, measured).map((result) =>
    result.outcome === "undecided" ? byInterval(result, tally, scorers, bound) : result.outcome,
  );
  const cases = [
    ...checkCritical(gate.critical, casesOf, tally, left),
    ...checkEachCase(gate.each_case, idOf, tally, left),
  ];
  return [...required, ...cases.map((one) => one.outcome)];
}

function byInterval(
  result: RuleResult,
  tally: Tally,
  scorers: readonly string[],
  z: number | null,
): RuleResult["outcome"] {
  const { metric, bound } = result;
  if (metric === null || bound === null) return "undecided";
  const columns =
    metric === "pass_rate"
      ? { count: tally.answered, sum: tally.passed }
      : tally.scores[scorers.indexOf(metric.replace(/^score\./, ""))];
  if (z === null || columns === undefined || !/^(pass_rate|score\.)/.test(metric)) return "undecided";
  // An interval of the scored answers says nothing about the answers without a score.
  if (unscoredFor(metric, tally, scorers) > 0) return "undecided";
  const measured = Array.from({ length: tally.cases }, (_, i) => i).filter(
    (i) => itemAt(columns.count, i) > 0,
  );
  if (measured.length < 2) return "undecided";
  const { low, high } = wilsonNeff(
    {
      count: measured.map((i) => itemAt(columns.count, i)),
      sum: measured.map((i) => itemAt(columns.sum, i)),
    },
    2 * normalCdf(z) - 1,
  );
  const above = bound.op === ">=" || bound.op === ">";
  if (low > bound.value) return above ? "passed" : "failed";
  if (high < bound.value) return above ? "failed" : "passed";
  return "undecided";
}
