import type { RunReport } from "../../domain/report.ts";
import type { RunHeader, RunStatus } from "../../domain/run.ts";
import type { RunSummary } from "../../domain/viewed-run.ts";
import { runName } from "../../reports/headline.ts";
import { readRunJson } from "../../reports/json/read-run-json.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** What a list of runs says of one of them. @param report null for a run that has not ended, or was only scored again */
export function runSummary(
  header: RunHeader,
  status: RunStatus,
  report: RunReport | null,
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
    outcome: report?.gate.outcome ?? null,
    verdict: report?.gate.verdict ?? "none",
    pass_rate: report?.metrics.pass_rate ?? null,
    cost_usd: report?.metrics.cost_usd?.value ?? null,
    done,
    planned: header.planned,
    commit: header.commit,
    dirty: header.dirty,
    started_at: header.started_at,
  };
}

/** The same of a stored run. The trials of one that has not ended are counted in the store. */
export function storedRunSummary(store: Store, { no, header, status, report }: StoredRun): RunSummary {
  const read = readRunJson(header, status, report);
  return runSummary(header, status, read, read === null ? trialsDone(store, no) : doneOf(read));
}

export function doneOf({ counts }: RunReport): number {
  return counts.answered + counts.errored;
}

function trialsDone(store: Store, no: number): number {
  let done = 0;
  for (const _ of store.scanScores(no)) done++;
  return done;
}
