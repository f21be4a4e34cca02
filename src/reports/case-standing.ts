import type { CaseRow, RunReport } from "../domain/report.ts";

/** Why a case is counted against the run; null when it is not. */
export type CaseFault = "critical" | "regression" | "never-passes";

/** Whether a case is one of those that `gate.critical` names. */
export function criticalCases({ gate }: RunReport): (row: CaseRow) => boolean {
  const named = gate.rules
    .filter((rule) => rule.kind === "critical" && rule.enforced !== false)
    .map((rule) => (rule.kind === "critical" ? rule.cases : ""));
  const tags = new Set(named.filter((one) => one.startsWith("tag:")).map((one) => one.slice(4)));
  const ids = new Set(named.filter((one) => one.startsWith("case:")).map((one) => one.slice(5)));
  return (row) => ids.has(row.id) || row.tags.some((tag) => tags.has(tag));
}

/**
 * What is wrong with a case: a critical one failed a trial, it broke beyond chance, or it never passes. A case that fails
 * only now and then is flaky, and no single run can blame it.
 */
export function faultOf(row: CaseRow, isCritical: (row: CaseRow) => boolean): CaseFault | null {
  if (row.passed === row.answered) return null;
  if (isCritical(row)) return "critical";
  if (row.change === "broken" && row.significant) return "regression";
  return row.passed === 0 ? "never-passes" : null;
}

/** `0/2, was 15/15`. */
export function shareText({ passed, answered, baseline }: CaseRow): string {
  const now = `${passed}/${answered}`;
  return baseline === null ? now : `${now}, was ${baseline.passed}/${baseline.answered}`;
}

/** A case for which answers are worth keeping in a report: it failed, errored or stands otherwise than before. */
export function isWorthShowing({ passed, answered, errored, change }: CaseRow): boolean {
  return passed < answered || errored > 0 || (change !== null && change !== "same" && change !== "new");
}

/**
 * The worst cases, worst first: critical ones, broken ones by strength of evidence, then those that never pass, then
 * the flaky ones. Holds no more rows than are asked for, however many cases the run has.
 */
export function worstCases(report: RunReport, rows: Iterable<CaseRow>, limit: number): CaseRow[] {
  const isCritical = criticalCases(report);
  const evidence = new Map(report.comparison?.cases.broken.map((id, rank) => [id, rank]));
  const kept: { readonly row: CaseRow; readonly key: readonly [number, number] }[] = [];
  const order = (a: (typeof kept)[number], b: (typeof kept)[number]): number =>
    a.key[0] - b.key[0] || a.key[1] - b.key[1];
  for (const row of rows) {
    if (row.passed === row.answered) continue;
    const rank = evidence.get(row.id);
    const fault = faultOf(row, isCritical);
    const share = row.passed / row.answered;
    const key =
      fault === "critical"
        ? ([0, share] as const)
        : rank !== undefined
          ? ([1, rank] as const)
          : ([fault === null ? 3 : 2, share] as const);
    kept.push({ row, key });
    if (kept.length >= limit * 4 + 100) kept.sort(order).splice(limit);
  }
  return kept
    .sort(order)
    .slice(0, limit)
    .map(({ row }) => row);
}
