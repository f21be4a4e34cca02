import type { RunReport } from "../../domain/report.ts";
import type { RunHeader } from "../../domain/run.ts";

type OfHeader = Pick<
  RunHeader,
  | "id"
  | "suite"
  | "target"
  | "commit"
  | "dirty"
  | "fingerprint"
  | "alias"
  | "model"
  | "prompt"
  | "trials"
  | "narrowing"
  | "started_at"
>;

/** One run in a document. */
export interface RunResult extends OfHeader, Omit<RunReport, "header" | "errors"> {
  /** Number of errored trials by kind of error. */
  readonly errors: { readonly [kind: string]: number };
  /** For each kind of error, the message of one trial. */
  readonly error_examples: RunReport["errors"];
}

export function runJson(report: RunReport): RunResult {
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
    comparison: report.comparison,
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
    ...(report.failures === undefined ? {} : { failures: report.failures }),
    error_examples: report.errors,
    notes: report.notes,
    spent: report.spent,
    dataset_path: report.dataset_path,
    started_at: header.started_at,
    duration_ms: report.duration_ms === null ? null : Math.round(report.duration_ms),
    ...(report.pace === undefined ? {} : { pace: report.pace }),
    ...(report.retries === undefined ? {} : { retries: report.retries }),
  };
}
