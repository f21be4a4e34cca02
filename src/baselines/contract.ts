import { ROUNDING } from "../domain/bound.ts";
import { CONTRACT_RULE } from "../domain/gate-rule.ts";
import {
  BUMPS,
  type Bump,
  type ContractFinding,
  type DeclaredChange,
  type MajorChange,
  type VersionChange,
} from "../domain/prompt-change.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { turned } from "./compare-metric.ts";
import type { RuleFinding } from "./compare-sides.ts";

/**
 * Whether the metrics fell or rose by more than the margin: true when shown, false when ruled out, null when the data
 * cannot tell.
 */
export interface Movement {
  readonly fell: boolean | null;
  readonly rose: boolean | null;
  /** Largest change that counts as no change, as a difference of values in [0, 1]: 0.03 is 3 points. */
  readonly margin: number;
}

/**
 * Whether any gating metric fell, and whether any rose, by more than its margin. A metric that cannot be compared is
 * unknown in both directions.
 */
export function movementOf(findings: readonly RuleFinding[]): Movement {
  const each = findings.map(({ compared: { row, evidence }, rule }) => {
    const { delta } = turned(row);
    if (evidence === null || delta === null || row.verdict === "incomparable")
      return { fell: null, rose: null, margin: rule.max_drop };
    const margin = evidence.allowed;
    if (evidence.method === "point")
      return { fell: row.verdict === "regressed", rose: delta > margin + ROUNDING, margin };
    const { notBelow } = evidence;
    const notAbove = notBelow === null ? null : 2 * delta - notBelow;
    return {
      fell: row.verdict === "regressed" ? true : shownWithin(notBelow === null ? null : -notBelow, margin),
      rose:
        row.verdict === "improved" && !(notAbove !== null && notAbove < margin)
          ? true
          : shownWithin(notAbove, margin),
      margin,
    };
  });
  return {
    fell: worst(each.map((one) => one.fell)),
    rose: worst(each.map((one) => one.rose)),
    margin: each[0]?.margin ?? 0,
  };
}

const shownWithin = (bound: number | null, margin: number): false | null =>
  bound !== null && bound < margin ? false : null;

/** True if any is true; else null if any is null or there is none; else false. */
function worst(all: readonly (boolean | null)[]): boolean | null {
  if (all.includes(true)) return true;
  return all.length === 0 || all.includes(null) ? null : false;
}

/**
 * Checks the declared version bump against the measured change. A patch must not change behaviour in either
 * direction, a minor version must not make behaviour worse, and a major version may do anything.
 *
 * @param changes changes that are allowed in a major version only
 */
export function holdContract(
  change: VersionChange,
  movement: Movement,
  changes: readonly MajorChange[],
): ContractFinding {
  const { declared } = change;
  const needed = neededBump(declared, movement, changes);
  const outcome =
    needed === null ? "undecided" : BUMPS.indexOf(needed) > BUMPS.indexOf(declared) ? "broken" : "kept";
  const head = `The change: prompts/${change.prompt} ${change.from} → ${change.to}, declared a ${nameOf(declared)}.`;
  return {
    ...change,
    outcome,
    needed,
    changes,
    said: `${head} ${verdictOf(declared, outcome, movement, changes)}`,
  };
}

function neededBump(declared: Bump, { fell, rose }: Movement, changes: readonly MajorChange[]): Bump | null {
  // A significant drop needs a major version, whatever was declared.
  if (declared === "major" || changes.length > 0 || fell === true) return "major";
  if (declared === "minor") return fell === null ? null : "minor";
  if (rose === true) return "minor";
  return fell === false && rose === false ? "patch" : null;
}

const nameOf = (bump: Bump): string => (bump === "patch" ? "patch" : `${bump} version`);

function verdictOf(
  declared: Bump,
  outcome: ContractFinding["outcome"],
  { margin, fell }: Movement,
  changes: readonly MajorChange[],
): string {
  const within = `${Number((margin * 100).toPrecision(3))} points`;
  if (declared === "major") return "A major version may change anything.";
  if (changes.length > 0) {
    const listed = changes.map(({ what, said }) => `${what}: ${said}`).join("; ");
    return `What changed needs a major version (${listed}).`;
  }
  if (declared === "patch") {
    if (outcome === "broken")
      return fell === true
        ? "A patch must not change behaviour, and worse behaviour needs a major version: this is a major version, or a mistake."
        : "A patch must not change behaviour: this is at least a minor version.";
    return outcome === "kept"
      ? `Behaviour stayed within ${within} in both directions.`
      : `The data leave open whether behaviour stayed within ${within} in both directions.`;
  }
  if (outcome === "broken")
    return "A minor version may change behaviour but must not make it worse: this is a major version, or a mistake.";
  return outcome === "kept" ? "Nothing got worse." : "The data leave open whether something got worse.";
}

/**
 * `gate.contract`: a broken contract fails the rule. An undecided contract leaves the rule undecided if the
 * regression rule has `undecided: fail`, or if a metric cannot be compared; otherwise the rule passes.
 */
export function contractRule(finding: ContractFinding, findings: readonly RuleFinding[]): RuleResult {
  const strict = findings[0]?.rule.undecided === "fail";
  const incomparable = findings.some((one) => one.verdict === "incomparable");
  const outcome =
    finding.outcome === "broken"
      ? "failed"
      : finding.outcome === "undecided" && (strict || incomparable)
        ? "undecided"
        : "passed";
  return {
    ...CONTRACT_RULE,
    outcome,
    value: findings[0]?.compared.row.delta ?? null,
    required: PROMISES[finding.declared],
    said: finding.said,
  };
}

/** The outcome of `gate.contract` at one look of a sequential test; empty when no version bump was declared. */
export function contractSoFar(
  declared: DeclaredChange | null,
  findings: readonly RuleFinding[],
): RuleResult["outcome"][] {
  if (declared === null) return [];
  const { outcome } = holdContract(declared.change, movementOf(findings), declared.changes);
  return [outcome === "broken" ? "failed" : outcome === "kept" ? "passed" : "undecided"];
}

const PROMISES: Readonly<Record<Bump, string>> = {
  patch: "a patch does not move behaviour",
  minor: "a minor version does not make behaviour worse",
  major: "a major version may change anything",
};
