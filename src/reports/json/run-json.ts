import type { Comparison, RunReport } from "../../domain/report.ts";

/** One element of `runs` in `evals run --json`: the contract's fields first, then what else is known. */
export function runJson(report: RunReport): object {
  const { header } = report;
  return {
    id: header.id,
    suite: header.suite,
    target: header.target,
    commit: header.commit,
    dirty: header.dirty,
    fingerprint: header.fingerprint,
    counts: report.counts,
    errors: Object.fromEntries(report.errors.map(({ kind, count }) => [kind, count])),
    metrics: report.metrics,
    comparison: report.comparison === null ? null : comparisonJson(report.comparison),
    gate: report.gate,
    status: report.status,
    end: report.end,
    alias: header.alias,
    model: header.model,
    prompt: header.prompt,
    trials: header.trials,
    narrowing: header.narrowing,
    tags: report.tags,
    never_pass: report.never_pass,
    flaky: report.flaky,
    worst: report.worst,
    error_examples: report.errors,
    notes: report.notes,
    spent: report.spent,
    dataset_path: report.dataset_path,
    started_at: header.started_at,
    duration_ms: Math.round(report.duration_ms),
    ...(report.pace === undefined ? {} : { pace: report.pace }),
  };
}

/** One element of `comparisons` in `evals diff --json`. */
export function comparisonJson(comparison: Comparison): object {
  return comparison;
}
