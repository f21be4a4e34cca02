import { regressionRule } from "../domain/gate-rule.ts";
import { isBetterLow } from "../domain/metric-unit.ts";
import { ONCE } from "../domain/parse-once.ts";
import type { StoppingDecision } from "../domain/report.ts";
import { type Gate, RegressionRule } from "../domain/suite.ts";
import type { RuleResult, Verdict } from "../domain/verdict.ts";
import { type Tally, withMissing } from "../metrics/tally.ts";
import { withCanary } from "./canary.ts";
import { type ComparedSides, compareSides, type RuleFinding } from "./compare-sides.ts";
import { explainDecision, metricWords } from "./explain-verdict.ts";
import type { GateInput } from "./gate-input.ts";
import {
  hasEach,
  lackingTrials,
  openFor,
  trialsNeeded,
  unscoredFor,
  unscoredWords,
} from "./lacking-trials.ts";
import type { SequentialLook } from "./sequential-stop.ts";
import type { Side } from "./side.ts";

/** The regression rules of a gate; empty when `regression: false` switches them off. */
export function regressionRules(gate: Gate): readonly RegressionRule[] {
  if (gate.regression === false) return [];
  return Array.isArray(gate.regression) ? gate.regression : [gate.regression];
}

/** The default regression rule. */
const PLAIN_RULE = RegressionRule.parse({}, ONCE);

/** Compares a run with its baseline by the regression rules of the gate; without any rule, by the default rule. */
export function compareRun(
  { gate, header, candidate }: GateInput,
  baseline: Side,
  tally: Tally,
): ComparedSides {
  const rules = regressionRules(gate);
  return compareSides(baseline, candidate(tally), {
    rules: rules.length === 0 ? [PLAIN_RULE] : rules,
    narrowed: header.narrowing !== null,
  });
}

/**
 * Compares a run whose verdict a look decided. The verdicts of that look are kept. The numbers are those of the fixed
 * design over all answers: the same answers have the same numbers in every report, whether they were asked now or
 * came from the cache. The numbers at the look are in `decided`.
 */
export function ofAllAnswers(look: SequentialLook, input: GateInput, baseline: Side): ComparedSides {
  const { findings } = look.compared;
  const whole = compareSides(baseline, input.candidate(input.tally), {
    rules: regressionRules(input.gate),
    narrowed: input.header.narrowing !== null,
    concluded: findings.map((one) => one.verdict),
  });
  return { ...whole, comparison: { ...whole.comparison, decided: decisionOf(look) } };
}

/** The finding because of which the run stopped early: the failed rule's or, if no rule failed, the first rule's. */
function decisionOf({ compared: { findings }, trials }: SequentialLook): StoppingDecision {
  const deciding = findings.find((one) => one.verdict === "regressed") ?? findings[0];
  const {
    metric = "pass_rate",
    delta = null,
    low = null,
    high = null,
    p = null,
  } = deciding?.compared.row ?? {};
  return { trials, metric, delta, low, high, p, said: explainDecision(trials, { metric, delta, low, high }) };
}

/**
 * The result of a regression rule. `isOpen`: whether the result depends on trials without an answer. An open result
 * stays undecided, even if the regression was accepted.
 */
interface RegressionResult {
  readonly result: RuleResult;
  readonly isOpen: boolean;
}

/**
 * The outcomes of the regression rules. With missing trials a verdict counts only if it is the same with all of them
 * failed and with all passed. If no case has an answer on both sides, nothing was compared and nothing passes.
 */
export function regressionResults(
  input: GateInput,
  baseline: Side,
  compared: ComparedSides,
): RegressionResult[] {
  if (regressionRules(input.gate).length === 0) return [];
  const ends = findingsAtEnds(input, baseline, compared);
  const { said, cases } = compared.comparison;
  return compared.findings.map((finding, index): RegressionResult => {
    const verdicts = ends.map((end) => end[index]?.verdict ?? "incomparable");
    const outcomes = new Set(verdicts.map((verdict) => outcomeOf(verdict, finding.rule)));
    const [only] = outcomes;
    if (cases.paired === 0)
      return { result: ruleResult({ ...finding, said }, "undecided"), isOpen: isShort(input) };
    if (only !== undefined && outcomes.size === 1 && isMeasured(finding, only))
      return { result: ruleResult(finding, only), isOpen: false };
    return {
      result: ruleResult({ ...finding, said: openSentence(input, finding, verdicts) }, "undecided"),
      isOpen: true,
    };
  });
}

const isShort = ({ totalMissing }: GateInput): boolean => totalMissing > 0;

/** Whether a rule may have this outcome. A rule on a metric without a value can fail, but it cannot pass. */
function isMeasured({ compared }: RuleFinding, outcome: RuleResult["outcome"]): boolean {
  return compared.evidence !== null || outcome !== "passed";
}

const FOUND: Readonly<Record<Verdict, string>> = {
  regressed: "regressed",
  incomparable: "not comparable",
  inconclusive: "not settled",
  small_drop: "a drop smaller than allowed",
  no_regression: "shown not to be worse",
  improved: "improved",
};

/** Explains why a rule is open: its result when all lacking trials count as failed, and when all count as passed. */
function openSentence(
  input: GateInput,
  { rule, said, verdict }: RuleFinding,
  ends: readonly Verdict[],
): string {
  const [failed = verdict, passed = verdict] = ends;
  const name = metricWords(rule.metric);
  if (failed === passed) return said;
  const { totalMissing, header, tally } = input;
  const unscored = unscoredFor(
    rule.metric,
    tally,
    header.scorers.map((one) => one.name),
  );
  const which =
    totalMissing > 0
      ? `${totalMissing} of ${header.planned} trials have no answer`
      : unscored > 0
        ? unscoredWords(name, unscored, tally)
        : openFor(rule.metric, tally) > 0
          ? `${openFor(rule.metric, tally)} variants have no result`
          : "not every case has all its trials";
  return `${which}: counted as failed, ${name} is ${FOUND[failed]}; counted as passed, ${FOUND[passed]}`;
}

/**
 * The findings with every lacking trial failed, and those with every lacking trial passed. Lacking are: missing
 * trials; for a metric over several trials per case, the trials that a case does not have; for a score, answers
 * without one.
 */
export function findingsAtEnds(
  input: GateInput,
  baseline: Side,
  compared: ComparedSides,
): (readonly RuleFinding[])[] {
  const rules = regressionRules(input.gate);
  const { tally, missing, totalMissing, canary, header } = input;
  const scorers = header.scorers.map((one) => one.name);
  const needs = rules.map(({ metric }) => trialsNeeded(metric));
  const isWhole = rules.map(({ metric }, index) => {
    const needed = needs[index] ?? null;
    return (
      totalMissing === 0 &&
      (needed === null || hasEach(tally, needed)) &&
      unscoredFor(metric, tally, scorers) + openFor(metric, tally) === 0
    );
  });
  if (isWhole.every(Boolean)) return [compared.findings];
  return [0, 1].map((score) => {
    const made = new Map<number | null, readonly RuleFinding[]>();
    const filled = (needed: number | null): readonly RuleFinding[] => {
      const lacking = lackingTrials(tally, missing, needed);
      return withCanary(compareRun(input, baseline, withMissing(tally, lacking, score)), canary).findings;
    };
    return compared.findings.map((finding, index) => {
      const needed = needs[index] ?? null;
      if (isWhole[index] !== false) return finding;
      const all = made.get(needed) ?? filled(needed);
      made.set(needed, all);
      return all[index] ?? finding;
    });
  });
}

function outcomeOf(verdict: Verdict, { undecided }: RegressionRule): RuleResult["outcome"] {
  if (verdict === "regressed") return "failed";
  if (verdict === "incomparable") return "undecided";
  if (verdict === "inconclusive") return undecided === "fail" ? "undecided" : "passed";
  return "passed";
}

function ruleResult({ rule, compared, said }: RuleFinding, outcome: RuleResult["outcome"]): RuleResult {
  const allowed = Number((rule.max_drop * 100).toPrecision(6));
  const change = isBetterLow(rule.metric) ? "rise" : "drop";
  return {
    ...regressionRule(rule.metric, rule.max_drop, rule.relative),
    outcome,
    value: compared.row.delta,
    required: `no ${change} of more than ${allowed} ${rule.relative ? "%" : "points"}`,
    said,
  };
}
