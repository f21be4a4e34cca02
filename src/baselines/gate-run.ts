import { regressionRule, removedRule } from "../domain/gate-rule.ts";
import { itemAt } from "../domain/item-at.ts";
import { promptWord } from "../domain/listed-target.ts";
import { isBetterLow } from "../domain/metric-unit.ts";
import { ONCE } from "../domain/parse-once.ts";
import type { ContractFinding, DeclaredChange } from "../domain/prompt-change.ts";
import type { CanaryResult, Comparison, StoppingDecision } from "../domain/report.ts";
import type { Metrics, RunHeader } from "../domain/run.ts";
import { type Gate, RegressionRule } from "../domain/suite.ts";
import type { GateResult, RuleResult, Verdict } from "../domain/verdict.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { type Tally, withMissing } from "../metrics/tally.ts";
import { normalCdf } from "../statistics/normal-distribution.ts";
import { wilsonNeff } from "../statistics/wilson-interval.ts";
import { type BehindBase, undecidedBehind } from "./behind-base.ts";
import { withCanary } from "./canary.ts";
import { type ComparedSides, compareSides, type RuleFinding, worstVerdict } from "./compare-sides.ts";
import { contractRule, holdContract, movementOf } from "./contract.ts";
import { checkCritical } from "./critical.ts";
import { checkEachCase } from "./each-case.ts";
import { explainDecision, metricWords } from "./explain-verdict.ts";
import { gateResult } from "./gate.ts";
import {
  hasEach,
  lackingTrials,
  openFor,
  trialsNeeded,
  unscoredFor,
  unscoredWords,
} from "./lacking-trials.ts";
import { namedCases } from "./named-cases.ts";
import { checkRequirements, type Measured } from "./requirements.ts";
import { isSameRecording, SAME_RECORDING } from "./same-recording.ts";
import type { SequentialLook } from "./sequential-stop.ts";
import type { Side } from "./side.ts";

/** The input of the gate when a run has ended. */
export interface GateInput {
  readonly gate: Gate;
  readonly header: RunHeader;
  readonly tally: Tally;
  readonly metrics: Metrics;
  /** Errored and skipped trials of a case; trials that were not needed are not missing. */
  readonly missing: (caseNo: number) => number;
  /** All trials of a case without an answer, including those that were not needed. */
  readonly left: (caseNo: number) => number;
  readonly totalMissing: number;
  readonly casesOf: (selector: string) => Iterable<{ readonly case_no: number; readonly id: string }>;
  readonly idOf: (caseNo: number) => string;
  /** Null without a baseline. */
  readonly baseline: Side | null;
  /** The regression that the change itself accepts: from this baseline to this run. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** Set when the base branch has a newer baseline than the change; else null. */
  readonly behind?: BehindBase | null;
  /** Whether the run's answers come from a recording. */
  readonly recorded?: boolean;
  /** Builds the candidate side from a tally. */
  readonly candidate: (tally: Tally) => Side;
  /** The last look of a sequential test; null when all trials were asked at once. */
  readonly look: SequentialLook | null;
  /** Whether the run stopped before all trials were asked. */
  readonly stopped: boolean;
  /** Null when no canaries were asked. */
  readonly canary: CanaryResult | null;
  /** The declared version bump of the prompt since the baseline; null when there is none. */
  readonly declared: DeclaredChange | null;
}

/** The regression rules of a gate; empty when switched off. */
export function regressionRules(gate: Gate): readonly RegressionRule[] {
  if (gate.regression === false) return [];
  return Array.isArray(gate.regression) ? gate.regression : [gate.regression];
}

/** Evaluates all rules of a suite's gate and their one outcome. */
export function gateRun(input: GateInput): {
  readonly gate: GateResult;
  readonly comparison: Comparison | null;
  /** Why there is no comparison although a baseline exists. */
  readonly said?: string;
} {
  const { gate, baseline } = input;
  const measured = measuredOf(input);
  const rules: RuleResult[] = [
    ...checkRequirements(gate.require, measured),
    ...checkCritical(gate.critical, input.casesOf, input.tally, input.left),
    ...checkEachCase(gate.each_case, input.idOf, input.tally, input.left),
  ];
  const trials = { missing: input.totalMissing, answered: input.tally.totalAnswered };
  if (baseline === null) return { gate: gateResult(rules, "none", trials), comparison: null };
  if (input.recorded === true && isSameRecording(baseline, input.candidate(input.tally))) {
    const { comparison } = compareRun(input, baseline, input.tally);
    const gone = removedCases(gate, comparison, input.behind ?? null);
    return { gate: gateResult([...rules, ...gone], "none", trials), comparison: null, said: SAME_RECORDING };
  }
  const compared = withCanary(
    input.look === null
      ? compareRun(input, baseline, input.tally)
      : ofAllAnswers(input.look, input, baseline),
    input.canary,
  );
  const why = acceptedBecause(input, baseline);
  const behind = input.behind ?? null;
  const findings = regressionResults(input, baseline, compared).map(({ result, isOpen }) =>
    isOpen || why === null ? undecidedBehind(result, behind) : acceptedResult(result, why),
  );
  const removed = input.header.narrowing === null ? removedCases(gate, compared.comparison, behind) : [];
  const verdict =
    compared.findings.length === 0
      ? compared.comparison.verdict
      : worstVerdict(compared.findings.map((one) => one.verdict));
  // A look's conclusion about the contract is kept, too.
  const contract = contractOf(input, baseline, input.look?.compared ?? compared);
  const held =
    contract === null || !gate.contract
      ? []
      : [undecidedBehind(contractRule(contract, compared.findings), behind)];
  return {
    gate: gateResult([...rules, ...findings, ...held, ...removed], verdict, trials),
    comparison: {
      ...compared.comparison,
      verdict,
      ...comparedTarget(input.header),
      ...(contract === null ? {} : { contract }),
    },
  };
}

/** What distinguishes the comparison from those of the suite's other targets; empty when it has only one. */
export function comparedTarget(header: RunHeader): Pick<Comparison, "prompt" | "alias"> {
  const { prompt, alias } = header;
  return {
    ...(header.one_of_prompts === true && prompt !== null ? { prompt: promptWord(prompt) } : {}),
    ...(header.one_of_several ? { alias } : {}),
  };
}

function measuredOf({ tally, metrics, header, missing, totalMissing }: GateInput): Measured {
  return {
    tally,
    metrics,
    trials: header.trials,
    scorers: header.scorers.map((one) => one.name),
    missing,
    totalMissing,
  };
}

/** Checks the declared bump against the whole run; with missing trials, only as far as they cannot change the result. */
function contractOf(input: GateInput, baseline: Side, compared: ComparedSides): ContractFinding | null {
  const { declared, canary } = input;
  if (declared === null) return null;
  const movement = movementOf(compared.findings);
  const ends = findingsAtEnds(input, baseline, compared).map(movementOf);
  const same = (way: "fell" | "rose"): boolean | null =>
    canary?.stale !== true && ends.every((end) => end[way] === movement[way]) ? movement[way] : null;
  return holdContract(
    declared.change,
    { ...movement, fell: same("fell"), rose: same("rose") },
    declared.changes,
  );
}

/** The default regression rule. */
const PLAIN_RULE = RegressionRule.parse({}, ONCE);

function compareRun({ gate, header, candidate }: GateInput, baseline: Side, tally: Tally): ComparedSides {
  const rules = regressionRules(gate);
  return compareSides(baseline, candidate(tally), {
    rules: rules.length === 0 ? [PLAIN_RULE] : rules,
    narrowed: header.narrowing !== null,
  });
}

/** Why this regression from this baseline was accepted; null when this exact pair was not accepted. */
function acceptedBecause({ accepted, header }: GateInput, baseline: Side): string | null {
  return accepted !== null && accepted.from === baseline.fingerprint && accepted.to === header.fingerprint
    ? accepted.why
    : null;
}

/** An acceptance only clears the regression rule: a requirement, a removed case and a contract have their own remedies. */
function acceptedResult(result: RuleResult, why: string): RuleResult {
  if (result.outcome === "passed") return result;
  const word = result.outcome === "failed" ? "regressed" : "incomparable";
  return { ...result, outcome: "passed", said: `${word}, accepted: ${why}` };
}

/**
 * The decision was made at a look with part of the answers and is kept. All numbers are computed from all answers, so
 * that a report is consistent, with bounds as wide as the look's.
 */
function ofAllAnswers(look: SequentialLook, input: GateInput, baseline: Side): ComparedSides {
  const { findings } = look.compared;
  const whole = compareSides(baseline, input.candidate(input.tally), {
    rules: findings.map((one) => one.rule),
    narrowed: input.header.narrowing !== null,
    bounds: look.bounds,
    concluded: findings.map((one) => one.verdict),
  });
  if (!input.stopped) return whole;
  return { ...whole, comparison: { ...whole.comparison, decided: decisionOf(look) } };
}

/** The deciding rule: the one that failed, else the first. */
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

/** The result of a regression rule. It is open when it depends on trials without an answer; then it cannot be accepted. */
interface RegressionResult {
  readonly result: RuleResult;
  readonly isOpen: boolean;
}

/**
 * The outcomes of the regression rules. With missing trials a verdict counts only if it is the same with all of them
 * failed and with all passed. If no case has an answer on both sides, nothing was compared and nothing passes.
 */
function regressionResults(input: GateInput, baseline: Side, compared: ComparedSides): RegressionResult[] {
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

/** A metric without a value may have failed whatever is missing, but it has not passed. */
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

/** Explains why a rule is open: the result with unanswered trials counted as failed, and as passed. */
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
 * The findings with every lacking trial failed and with every one passed. Lacking are: missing trials; for a metric
 * over several trials per case, those that a case does not have; for a score, the answers without one.
 */
function findingsAtEnds(
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

/** Cases of the baseline that are no longer in the dataset: a gate must not pass because a failing case was removed. */
function removedCases(gate: Gate, { cases }: Comparison, behind: BehindBase | null): RuleResult[] {
  // Cases added on the base branch since were never in this change, so it did not remove them.
  const removed = behind === null ? cases.removed : cases.removed.filter((id) => behind.had.has(id));
  if (removed.length === 0) return [];
  return [
    {
      ...removedRule("removed_cases", gate.allow_removed),
      outcome: gate.allow_removed ? "passed" : "failed",
      value: removed.length,
      required: gate.allow_removed ? "allowed" : "0 (gate.allow_removed: true lets them go)",
      said: namedCases(removed),
    },
  ];
}

/**
 * What the rules other than the regression rules can conclude while trials are outstanding: what these cannot change,
 * and for a mean also a repeated interval on one side of the bound.
 *
 * @param left trials of a case that have not been answered yet
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
  // An interval of the scored answers says nothing about the others.
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
