import { exitCodeFor } from "../domain/exit-code.ts";
import { EvalsError } from "../domain/problem.ts";
import type { ReportedRun } from "../domain/report.ts";
import type { Environment } from "./environment.ts";
import { openHistory } from "./gating/open-history.ts";
import { type RunningSession, runOne } from "./run-one.ts";
import type { RunHooks } from "./run-watcher.ts";
import { type NarrowedRequest, narrowRequest } from "./running/failing-cases.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "./running/prepare-runs.ts";
import { answersFromRecordings, replaying } from "./running/replay-model.ts";
import { openRunPlace, type RunPlace } from "./running/run-place.ts";
import type { RunRequest } from "./running/run-request.ts";
import { openTargets, targetsOf } from "./running/target-matrix.ts";

/** The result of running suites. */
export interface SuitesRun {
  /** In the order of execution. Their cases and history can be read while the store is open. */
  readonly runs: readonly ReportedRun[];
  /** Planned runs that were not started because the work was stopped: `triage (small)`. */
  readonly notRun: readonly string[];
  /** The exit code for the outcomes of all gates; a run that was not started counts as undecided. */
  readonly exit: number;
}

/**
 * Plans every selected suite with every target, then runs, scores, stores, compares and gates one run after another.
 *
 * @param read called with the result while the store is open; its value is returned
 * @throws {EvalsError} with every mistake that is found before anything is asked; an error after that has `midway`
 */
export async function runSuites<T>(
  environment: Environment,
  { request, control, watcher }: RunHooks & { readonly request: RunRequest },
  read: (ran: SuitesRun) => T | Promise<T>,
): Promise<T> {
  const narrowed = await narrowRequest(environment, request);
  try {
    return await runNarrowed(narrowed, { environment, control, watcher }, read);
  } finally {
    narrowed.close();
  }
}

async function runNarrowed<T>(
  { request, narrowing, resumed }: NarrowedRequest,
  { environment, control, watcher }: Omit<Asked, "request">,
  read: (ran: SuitesRun) => T | Promise<T>,
): Promise<T> {
  const place = await openRunPlace(environment, {
    ref: request.at,
    directory: request.directory,
    suites: request.suites,
    overrides: targetsOf(request)[0],
  });
  try {
    return await runIn(place, { request, narrowing, resumed, environment, control, watcher }, read);
  } catch (error) {
    throw place.mistake(error);
  } finally {
    place.remove();
  }
}

type Asked = Pick<RunningSession, "request" | "environment" | "control" | "watcher">;

async function runIn<T>(
  place: RunPlace,
  { narrowing, resumed, ...asked }: Asked & Pick<NarrowedRequest, "narrowing" | "resumed">,
  read: (ran: SuitesRun) => T | Promise<T>,
): Promise<T> {
  const { request, environment, control, watcher } = asked;
  const { suites, ungated } = await openTargets(place.project, request, place.load);
  const replay = answersFromRecordings(request, suites, resumed);
  const { trials, concurrency, record: liveTools } = request;
  const planned = await prepareRuns(
    place.project,
    suites,
    { narrowing, trials, concurrency, presses: true, liveTools, judges: replay ? "replay" : "ask" },
    replay ? await replaying() : undefined,
  );
  const prepared = judgedLast(planned);
  if (request.batch || request.record) await refuseOthers(planned, request);
  watcher.planned(prepared.map(({ plan }) => plan));
  const fleet =
    request.workers === undefined
      ? undefined
      : await (await import("./fleet/open-fleet-of.ts")).openFleetOf(request.workers, {
          ...{ place, prepared, environment },
        });
  const { store, ready } = await openHistory(prepared, place, { ...request, ungated }, environment).catch(
    async (error: unknown) => {
      await fleet?.close();
      throw error;
    },
  );
  const runs: ReportedRun[] = [];
  try {
    watcher.began();
    for (const one of ready) {
      if (control.stopping()) break;
      const run = await midway(() => runOne(one, { ...asked, place, store, fleet }));
      runs.push(run);
      watcher.ended(run.report);
    }
    const notRun = ready
      .slice(runs.length)
      .map(({ prepared: { plan } }) => `${plan.suite.name} (${plan.model.alias})`);
    const outcomes = runs.map(({ report }) => report.gate.outcome);
    const exit = exitCodeFor(notRun.length > 0 ? [...outcomes, "undecided"] : outcomes);
    watcher.over(runs.map(({ report }) => report));
    return await read({ runs, notRun, exit });
  } finally {
    await closeRuns(prepared);
    store.close();
    await fleet?.close();
  }
}

/**
 * Refuses runs that cannot be asked in batches, or must not be recorded.
 *
 * @throws {EvalsError} after closing everything that was opened
 */
async function refuseOthers(
  planned: readonly PreparedRun[],
  { batch, record }: Pick<RunRequest, "batch" | "record">,
): Promise<void> {
  try {
    if (batch) (await import("./running/refuse-unbatched.ts")).refuseUnbatched(planned);
    if (record) (await import("./running/refuse-recording.ts")).refuseRecording(planned);
  } catch (error) {
    await closeRuns(planned);
    throw error;
  }
}

/** Runs without judges come first, because they finish sooner and cost less. */
function judgedLast(planned: readonly PreparedRun[]): PreparedRun[] {
  const isJudged = ({ judges }: PreparedRun): boolean => judges.models().length > 0;
  return [...planned.filter((one) => !isJudged(one)), ...planned.filter(isJudged)];
}

/** Marks an error as `midway`: calls may have been paid for, so the error must not look like a mistake in a file. */
async function midway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof EvalsError
      ? new EvalsError(error.problems, { midway: true, mistake: error.mistake, cause: error })
      : error;
  }
}
