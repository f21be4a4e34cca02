import type { Json } from "../domain/json.ts";
import { everyItem } from "../domain/pages.ts";
import type { RunHeader, StoredCase, StoredTrial } from "../domain/run.ts";
import type { ListedRun } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { withHistory } from "./store-care/open-history.ts";

/** One line of the export: a run, or a trial of the run that precedes it. */
export type ExportedLine = { readonly kind: "run" | "trial"; readonly [name: string]: unknown };

/**
 * Exports all runs, oldest first, each followed by its trials. Texts of restricted datasets are left out.
 *
 * @param write receives one line at a time and may return a promise
 * @returns how many runs were restricted
 */
export async function exportStore(
  io: Environment,
  { directory }: { readonly directory?: string | undefined },
  write: (line: ExportedLine) => void | Promise<void>,
): Promise<{ readonly restricted: number }> {
  const isRestricted = restrictedRuns(locate(io, directory).root);
  return withHistory(io, directory, { restricted: 0 }, async (store) => {
    const runs: ListedRun[] = [];
    for await (const run of everyItem((page) => store.read.runs({}, page))) runs.push(run);
    let restricted = 0;
    for (const run of runs.reverse()) {
      const isClosed = isRestricted(run.header);
      if (isClosed) restricted++;
      await write(runLine(run, isClosed));
      for await (const one of everyItem((page) => store.read.cases(run.no, page)))
        for (const line of await trialLines(store, run, one, isClosed)) await write(line);
    }
    return { restricted };
  });
}

function runLine(
  { header, status, ended_at, calls, judge_calls }: ListedRun,
  restricted: boolean,
): ExportedLine {
  return {
    kind: "run",
    ...header,
    status,
    ended_at,
    calls,
    judge_calls,
    ...(restricted ? { restricted } : {}),
  };
}

async function trialLines(
  { read }: Store,
  { no, header }: ListedRun,
  one: StoredCase,
  restricted: boolean,
): Promise<ExportedLine[]> {
  const content = restricted ? null : await read.content(no, one.case_no);
  const trials = await read.trialsOfCase(no, one.case_no);
  return trials.map((trial) => ({
    kind: "trial",
    ...{ run: header.id, suite: header.suite, case: one.id, trial: trial.trial, tags: one.tags },
    ...(restricted ? { restricted } : { input: content?.input ?? null, expected: content?.expected ?? null }),
    ...{ outcome: trial.kind, error: trial.error, message: restricted ? null : trial.message },
    ...{ pass: trial.pass, cached: trial.cached, scores: scoresOf(header, trial, restricted) },
    answer: answerOf(trial, restricted),
  }));
}

function scoresOf(header: RunHeader, { scores }: StoredTrial, restricted: boolean): object {
  return Object.fromEntries(
    header.scorers.map(({ name }, at) => {
      const one = scores[at];
      if (one === null || one === undefined) return [name, null];
      const { score, pass, reason } = one;
      return [name, restricted ? { score, pass } : { score, pass, reason }];
    }),
  );
}

/** The exported answer; null when the trial has no answer, or its answer was deleted. */
function answerOf({ answer }: StoredTrial, restricted: boolean): Json | object {
  if (answer === null) return null;
  if (!restricted) return answer;
  const { usage, latency_ms, cost_usd, model, finish_reason, fallback, at } = answer;
  return {
    usage,
    latency_ms,
    cost_usd,
    model,
    finish_reason,
    ...(fallback === undefined ? {} : { fallback }),
    at,
  };
}
