import type { CaseRow, RunReport } from "../domain/report.ts";

/** The reason why a case counts against the run. */
export type CaseFault = "critical" | "regression" | "never-passes";

/** Returns a function that tells whether an enforced `critical` rule of the gate names a case, by its id or a tag. */
export function criticalCases({ gate }: RunReport): (row: CaseRow) => boolean {
  const named = gate.rules
    .filter((rule) => rule.kind === "critical" && rule.enforced !== false)
    .map((rule) => (rule.kind === "critical" ? rule.cases : ""));
  const tags = new Set(named.filter((one) => one.startsWith("tag:")).map((one) => one.slice(4)));
  const ids = new Set(named.filter((one) => one.startsWith("case:")).map((one) => one.slice(5)));
  return (row) => ids.has(row.id) || row.tags.some((tag) => tags.has(tag));
}

/**
 * Why a case counts against its run: it is critical and failed a trial, it passes fewer trials than in the baseline
 * by more than chance explains, or it never passes. Null for other cases. A flaky case, which fails only sometimes,
 * counts only for one of the first two reasons.
 */
export function faultOf(row: CaseRow, isCritical: (row: CaseRow) => boolean): CaseFault | null {
  if (row.passed === row.answered) return null;
  if (isCritical(row)) return "critical";
  if (row.change === "broken" && row.significant) return "regression";
  return row.passed === 0 ? "never-passes" : null;
}

/** Numbers of passed and of answered trials of a case, in this run and in the baseline: `0/2, was 15/15`. */
export function shareText({ passed, answered, baseline }: CaseRow): string {
  const now = `${passed}/${answered}`;
  return baseline === null ? now : `${now}, was ${baseline.passed}/${baseline.answered}`;
}

/** Whether a case's answers belong in a report: a trial failed or errored, or the case changed since the baseline. */
export function isWorthShowing({ passed, answered, errored, change }: CaseRow): boolean {
  return passed < answered || errored > 0 || (change !== null && change !== "same" && change !== "new");
}

/**
 * The worst cases, worst first: critical ones; ones that pass fewer trials than in the baseline, strongest evidence
 * first; ones that never pass; flaky ones.
 *
 * @param limit maximum number of cases returned. Memory holds at most `4 * limit + 100` rows at a time, however many
 * cases the run has
 */
export async function worstCases(
  report: RunReport,
  rows: AsyncIterable<CaseRow>,
  limit: number,
): Promise<CaseRow[]> {
  const isCritical = criticalCases(report);
  const evidence = new Map(report.comparison?.cases.broken.map((id, rank) => [id, rank]));
  const kept: { readonly row: CaseRow; readonly key: readonly [number, number] }[] = [];
  const order = (a: (typeof kept)[number], b: (typeof kept)[number]): number =>
    a.key[0] - b.key[0] || a.key[1] - b.key[1];
  for await (const row of rows) {
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
