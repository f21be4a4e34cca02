import { isAside } from "../../domain/aside-run.ts";
import { listedTarget, listedTargetOf } from "../../domain/listed-target.ts";
import { allItems, everyItem } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite } from "../../domain/project.ts";
import type { Narrowing, RunHeader } from "../../domain/run.ts";
import { caseMatcher } from "../../run/case-words.ts";
import type { ListedRun } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { findRun } from "../project/find-run.ts";
import { locate } from "../project/open-project.ts";
import { openStoredHistory } from "../project/stored-history.ts";
import { goesOn } from "./resume.ts";
import { narrowingOf, type RunRequest } from "./run-request.ts";

/** Which cases the run of a suite with a model includes; null for all cases. */
export type NarrowingFor = (
  suite: Pick<LoadedSuite, "name" | "suite" | "prompt">,
  model: Pick<LoadedModel, "alias">,
) => Promise<Narrowing | null>;

/** A request, with the selected cases of each suite. `narrowing` reads the store until `close` is called. */
export interface NarrowedRequest {
  /** The request. If a named run is resumed, it has that run's suite, target and number of trials. */
  readonly request: RunRequest;
  readonly narrowing: NarrowingFor;
  /** Header of the run that is resumed because `--run` names it; absent when `--run` is not given. */
  readonly resumed?: RunHeader | undefined;
  close(): void;
}

/** Only this many of a suite's newest runs are searched for a run with the same model. */
const MAX_LOOKED = 50;

/**
 * Applies `--case`, `--tag`, `-t`, `--shard` and `--failing` to each suite. If `--failing` names a run, only the
 * suite of this run is run. A run that is resumed by its id keeps the cases that it has.
 *
 * @throws {EvalsError} for a run that is unknown, or of another suite than the named one; see `resumedRequest`
 */
export async function narrowRequest(io: Environment, request: RunRequest): Promise<NarrowedRequest> {
  const resumed = await resumedRun(io, request);
  if (resumed !== undefined) {
    const { resumedRequest } = await import("./resumed-request.ts");
    return {
      ...{ request: await resumedRequest(request, resumed), resumed },
      ...{ narrowing: async () => resumed.narrowing, close: () => {} },
    };
  }
  const common = narrowingOf(request);
  const { failing } = request;
  if (failing === undefined) return { request, narrowing: async () => common, close: () => {} };
  const store = await openStoredHistory(locate(io, request.directory).root, io);
  try {
    const named = failing === "" ? undefined : await findRun(store, failing);
    if (named !== undefined) refuseOtherSuites(named, request);
    return {
      request: named === undefined ? request : { ...request, suites: [named.header.suite] },
      narrowing: async (suite, model) => {
        const run = named ?? (await newestOf(store, suite, model));
        if (run === undefined) {
          io.notice(
            `${suite.name}: the suite has no run yet in which a case could have failed, so it is left out.`,
          );
          return { ...(common ?? WHOLE), cases: [], failing: "" };
        }
        const { narrowing } = run.header;
        // A resumed run of failing cases keeps its cases, even if some have passed since.
        if (goesOn(request) && narrowing?.failing !== undefined) return narrowing;
        return {
          ...(common ?? WHOLE),
          cases: await failingCases(run, request.case, store),
          failing: run.header.id,
        };
      },
      close: store.close,
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * The header of a run that is resumed by its id. Such a run keeps its own target, cases and number of trials, because
 * the printed command to resume it contains only the id.
 */
async function resumedRun(io: Environment, request: RunRequest): Promise<RunHeader | undefined> {
  if (request.run === undefined || !goesOn(request)) return undefined;
  const store = await openStoredHistory(locate(io, request.directory).root, io);
  try {
    return (await findRun(store, request.run)).header;
  } finally {
    store.close();
  }
}

const WHOLE: Narrowing = { cases: [], tags: [], shard: null };

/**
 * The newest run of the suite with this target; without one, the newest with this model; else the newest of the
 * suite.
 */
async function newestOf(
  { read }: Store,
  ...[suite, model]: Parameters<NarrowingFor>
): Promise<ListedRun | undefined> {
  const { items } = await read.runs({ suite: suite.name }, { limit: MAX_LOOKED });
  const runs = items.filter((run) => !isAside(run));
  const target = listedTargetOf(suite, model);
  const ofModel = runs.filter(({ header }) => header.alias === model.alias);
  return ofModel.find(({ header }) => listedTarget(header) === target) ?? ofModel[0] ?? runs[0];
}

/**
 * Ids of the cases that did not pass every trial. An errored trial counts as not passed, and so does a trial that the
 * run did not reach. A trial that an early stop did not need does not count.
 *
 * @param words the values of `--case`, which the cases must match too; empty for all cases
 */
async function failingCases(
  { no, status }: Pick<ListedRun, "no" | "status">,
  words: readonly string[],
  { read }: Store,
): Promise<string[]> {
  const passed = new Map<number, number>();
  const failed = new Set<number>();
  for await (const { case_no, pass } of everyItem((page) => read.scores(no, page))) {
    if (pass === true) passed.set(case_no, (passed.get(case_no) ?? 0) + 1);
    else failed.add(case_no);
  }
  const isWanted = words.length === 0 ? () => true : caseMatcher(words);
  const isWhole = status === "complete" || status === "stopped_early";
  const cases = await allItems((page) => read.cases(no, page));
  return cases
    .filter(
      ({ case_no, planned }) => failed.has(case_no) || (!isWhole && (passed.get(case_no) ?? 0) < planned),
    )
    .map(({ id }) => id)
    .filter(isWanted)
    .sort();
}

function refuseOtherSuites({ header }: StoredRun, { suites }: RunRequest): void {
  if (suites.every((name) => name === header.suite)) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: `Run ${header.id} is of suite ${header.suite}, but the command runs ${suites.join(", ")}.`,
    why: "A run shows only which cases of its own suite failed.",
    fix: `evals run ${header.suite} --failing=${header.id}, or use --failing without a run, which means the newest run of each suite`,
  });
}
