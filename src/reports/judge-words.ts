import type { CorrectedRate } from "../domain/calibration.ts";
import type { RunReport } from "../domain/report.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { percent, plural } from "./format-numbers.ts";
import { intervalText, metricLabel, requiredText, ruleName, ruleValue } from "./metric-rows.ts";

/**
 * One sentence for each advisory rule. Such a rule cannot fail the gate, because it depends on a judge that the gate
 * does not trust. The sentences contain names given by the user, so they must be escaped when shown.
 */
export function informingSentences({ gate }: RunReport): string[] {
  return gate.rules.filter((rule) => rule.enforced === false).map(informingSentence);
}

/** The result of an advisory rule: `not enforced: pass_rate 72.0 %, required ≥ 90 %: missed`. */
export function informingSentence(rule: RuleResult): string {
  const found = { passed: "held", failed: "missed", undecided: "undecided" }[rule.outcome];
  return `not enforced: ${ruleName(rule)} ${ruleValue(rule)}, required ${requiredText(rule)}: ${found}`;
}

/**
 * One sentence for each rate that is corrected for a judge's measured error. The sentences contain names of scorers, so
 * they must be escaped when shown.
 */
export function correctedSentences({ metrics }: RunReport): string[] {
  return Object.entries(metrics).flatMap(([name, { value, corrected }]) =>
    corrected === undefined || value === null ? [] : [correctedSentence(metricLabel(name), value, corrected)],
  );
}

const METHODS = {
  "ppi++": "PPI++",
  "rogan-gladen": "Rogan–Gladen",
  labels: "people's labels alone",
} as const;

function correctedSentence(label: string, raw: number, rate: CorrectedRate): string {
  if (rate.value === null || rate.method === null)
    return `${label} cannot be corrected for the judge's error: ${rate.why ?? "unknown"}`;
  const range = intervalText(rate.low, rate.high, "ratio");
  return `${label} ${percent(rate.value)} (${range}) after correction for the judge's error, ${percent(raw)} as judged (by ${METHODS[rate.method]}, ${plural(rate.labels, "label")})`;
}
