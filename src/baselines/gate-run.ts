import { removedRule } from "../domain/gate-rule.ts";
import { promptWord } from "../domain/listed-target.ts";
import type { ContractFinding } from "../domain/prompt-change.ts";
import type { Comparison } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import type { Gate } from "../domain/suite.ts";
import type { GateResult, RuleResult } from "../domain/verdict.ts";
import { type BehindBase, undecidedBehind } from "./behind-base.ts";
import { withCanary } from "./canary.ts";
import { type ComparedSides, worstVerdict } from "./compare-sides.ts";
import { contractRule, holdContract, movementOf } from "./contract.ts";
import { checkCritical } from "./critical.ts";
import { checkEachCase } from "./each-case.ts";
import { gateResult } from "./gate.ts";
import type { GateInput } from "./gate-input.ts";
import { namedCases } from "./named-cases.ts";
import { compareRun, findingsAtEnds, ofAllAnswers, regressionResults } from "./regression-results.ts";
import { checkRequirements, type Measured } from "./requirements.ts";
import { isSameRecording, SAME_RECORDING } from "./same-recording.ts";
import type { Side } from "./side.ts";

/** Evaluates all rules of a suite's gate, and makes one outcome of them. */
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
  // If a look decided the verdict, the conclusion of that look about `gate.contract` is kept, too.
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

/**
 * The prompt and the alias that distinguish this comparison from the comparisons of the suite's other targets; empty
 * when the suite has only one target.
 */
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

/**
 * Checks the declared version bump against all trials of the run. A rise or fall of a metric counts as unknown if the
 * missing trials could change it.
 */
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

/**
 * The reason why the regression from this baseline to this run was accepted; null when the regression was not
 * accepted.
 */
function acceptedBecause({ accepted, header }: GateInput, baseline: Side): string | null {
  return accepted !== null && accepted.from === baseline.fingerprint && accepted.to === header.fingerprint
    ? accepted.why
    : null;
}

/** Passes a regression rule because its drop was accepted. An acceptance passes no rule of another kind. */
function acceptedResult(result: RuleResult, why: string): RuleResult {
  if (result.outcome === "passed") return result;
  const word = result.outcome === "failed" ? "regressed" : "incomparable";
  return { ...result, outcome: "passed", said: `${word}, accepted: ${why}` };
}

/** Cases of the baseline that are no longer in the dataset: a gate must not pass because a failing case was removed. */
function removedCases(gate: Gate, { cases }: Comparison, behind: BehindBase | null): RuleResult[] {
  // Cases that the base branch got after this branch was made were never on this branch, so the change did not remove
  // them.
  const removed = behind === null ? cases.removed : cases.removed.filter((id) => behind.had.has(id));
  if (removed.length === 0) return [];
  return [
    {
      ...removedRule("removed_cases", gate.allow_removed),
      outcome: gate.allow_removed ? "passed" : "failed",
      value: removed.length,
      required: gate.allow_removed ? "allowed" : "0 (gate.allow_removed: true allows cases to be removed)",
      said: namedCases(removed),
    },
  ];
}
