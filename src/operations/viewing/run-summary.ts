import type { RunHeader, RunStatus } from "../../domain/run.ts";
import type { StoredSummary } from "../../domain/stored-summary.ts";
import type { RunSummary } from "../../domain/viewed-run.ts";
import { runName } from "../../reports/headline.ts";

/** The summary of a run for a list. @param done number of finished trials */
export function runSummary(
  header: RunHeader,
  status: RunStatus,
  { metrics, gate }: StoredSummary,
  done: number,
): RunSummary {
  return {
    id: header.id,
    suite: header.suite,
    name: runName(header),
    target: header.target,
    cases: header.cases,
    trials: header.trials,
    status,
    outcome: gate?.outcome ?? null,
    verdict: gate?.verdict ?? "none",
    pass_rate: metrics?.pass_rate ?? null,
    cost_usd: metrics?.cost_usd?.value ?? null,
    done,
    planned: header.planned,
    commit: header.commit,
    dirty: header.dirty,
    started_at: header.started_at,
  };
}

/** How many trials were answered or errored, by the stored report; 0 when the report has no counts. */
export function doneOf({ counts }: StoredSummary): number {
  return (counts?.answered ?? 0) + (counts?.errored ?? 0);
}
