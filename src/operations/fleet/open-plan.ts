import * as z from "zod";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Narrowing } from "../../domain/run.ts";
import type { FleetPlan } from "../../fleet/fleet.ts";
import { readHead } from "../../git/repository.ts";
import type { Environment } from "../environment.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "../running/prepare-runs.ts";
import { openRunPlace, type RunPlace } from "../running/run-place.ts";
import { openTargets, targetsOf } from "../running/target-matrix.ts";
import { withoutKeys } from "../running/without-keys.ts";

/** The plan of a run for workers, which each worker computes again from its own clone of the repository. */
export interface OpenedPlan {
  readonly prepared: PreparedRun;
  readonly place: RunPlace;
  close(): Promise<void>;
}

/** The options that affect a plan, as `plannedRequest` writes them. */
const Planned = z.object({
  suites: z.array(z.string()),
  model: z.array(z.string()),
  prompt: z.array(z.string()),
  trials: z.number().optional(),
  narrowing: z.unknown(),
});

/**
 * Maximum size of the rendered requests that a worker keeps in memory, in characters. A worker sends only some of a
 * large plan's requests, so keeping all of them would waste memory.
 */
const KEPT_REQUESTS = 1_000_000;

export interface OpenPlanOptions {
  readonly directory: string | undefined;
  /** Project root of this clone. */
  readonly root: string;
  readonly concurrency?: number | undefined;
  /** Whether no model will be called, so that no key is needed. */
  readonly asksNothing?: boolean;
}

/**
 * Reads a plan's files at its commit, and plans the run again in this clone. The plan is used only if the two plans
 * are the same.
 *
 * @throws {EvalsError} for an unknown commit, files that do not load, a missing key, or a different plan
 */
export async function openPlan(
  fleetPlan: FleetPlan,
  options: OpenPlanOptions,
  io: Environment,
): Promise<OpenedPlan> {
  const { suites, narrowing, ...target } = Planned.parse(fleetPlan.request);
  const head = await readHead(options.root);
  const isHere = head?.commit === fleetPlan.commit && !head.dirty;
  const place = await openRunPlace(io, {
    ref: isHere ? undefined : fleetPlan.commit,
    directory: options.directory,
    suites,
    overrides: targetsOf(target)[0],
  });
  try {
    const matrix = await openTargets(place.project, target, place.load);
    const prepared = await prepareRuns(
      options.asksNothing === true ? withoutKeys(place.project) : place.project,
      matrix.suites,
      {
        narrowing: narrowing as Narrowing | null,
        trials: target.trials,
        concurrency: options.concurrency,
        keptRequests: KEPT_REQUESTS,
        ...(options.asksNothing === true ? {} : { judges: "ask" as const }),
      },
    );
    const found = prepared.find(({ plan }) => plan.hash === fleetPlan.plan_hash);
    await closeRuns(prepared.filter((one) => one !== found));
    if (found === undefined) throw new EvalsError(anotherPlan(fleetPlan));
    return {
      prepared: found,
      place,
      close: async () => {
        await closeRuns([found]);
        place.remove();
      },
    };
  } catch (error) {
    place.remove();
    throw place.mistake(error);
  }
}

function anotherPlan({ run, suite, alias, commit }: FleetPlan): Problem {
  return {
    code: "EVALS_WORKERS_PLAN",
    what: `On this machine, run ${run} of ${suite} (${alias}) has another plan than on the machine that planned it, at the same commit ${commit.slice(0, 9)}.`,
    why: "One run would mix answers to different requests, or scores of different scorers.",
    fix: "Make the two machines alike: environment variables that the project's files name, attached files, and git's line endings.",
  };
}
