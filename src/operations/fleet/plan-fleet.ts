import type { Budget } from "../../domain/config.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { EndedStatus, RunHeader } from "../../domain/run.ts";
import type { FleetDatabase } from "../../fleet/database.ts";
import type { RunControl } from "../../run/engine-job.ts";
import type { RemoteTrials } from "../../run/remote-trials.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";
import type { RunPlace } from "../running/run-place.ts";
import type { RunRequest } from "../running/run-request.ts";
import { openFleet } from "./open-fleet.ts";

declare const EVALS_VERSION: string;

/** The workers on other machines, as seen by the process that plans a run. */
export interface Fleet {
  /** Prepares a run for workers; undefined when its answers are recorded, because then there is no model to call. */
  take(prepared: PreparedRun, run: PlannedRun): Promise<FleetRun | undefined>;
  close(): Promise<void>;
}

export interface PlannedRun {
  readonly request: RunRequest;
  readonly store: Store;
  readonly control: RunControl;
  readonly budget: Budget | null;
}

/** A run whose trials are asked by workers. */
export interface FleetRun {
  readonly trials: RemoteTrials;
  /** Number of trials that may wait for the workers' answers at the same time. */
  readonly concurrency: number;
  /** Hands the plan to the workers, or resumes it. */
  open(header: RunHeader): Promise<void>;
  /** Ends the plan. Stores its report in the shared database, except for an `incomplete` run, which can be resumed. */
  end(status: EndedStatus, report: Json): Promise<void>;
}

/** The options of a request that affect the plan, in the form that the worker reads. */
export function plannedRequest({ model, prompt, trials }: RunRequest, { plan }: PreparedRun) {
  return {
    suites: [plan.suite.name],
    model,
    prompt,
    ...(trials === undefined ? {} : { trials }),
    narrowing: plan.narrowing,
  };
}

/**
 * Connects to the database that is shared with the workers.
 *
 * @param address address of the shared database
 * @throws {EvalsError} EVALS_WORKERS_COMMIT when the files are not those of a commit
 */
export async function openPlanFleet(address: string, place: RunPlace, io: Environment): Promise<Fleet> {
  const head = await place.head;
  if (head === null || head.commit === null || head.dirty)
    throw new EvalsError(notCommitted(head?.commit ?? null));
  const { commit } = head;
  const fleet = await openFleet(address, place.home, io);
  return {
    take: async (prepared, run) =>
      prepared.plan.target.client.immediate === true
        ? undefined
        : fleetRun(fleet, { prepared, run, commit, io }),
    close: fleet.close,
  };
}

interface FleetRunParts {
  readonly prepared: PreparedRun;
  readonly run: PlannedRun;
  readonly commit: string;
  readonly io: Environment;
}

async function fleetRun(
  fleet: FleetDatabase,
  { prepared, run, commit, io }: FleetRunParts,
): Promise<FleetRun> {
  const { AHEAD, plannedTrials } = await import("./planned-trials.ts");
  const { plan } = prepared;
  const { plans } = fleet;
  let no = "";
  let trials: RemoteTrials | undefined;
  const opened = (): RemoteTrials => {
    if (trials === undefined)
      throw new Error("trials were requested before their plan was given to the workers");
    return trials;
  };
  return {
    concurrency: AHEAD,
    open: async (header) => {
      const found = await fleet.patiently(
        () =>
          plans.open({
            run: header.id,
            plan_hash: plan.hash,
            commit,
            suite: plan.suite.name,
            alias: plan.model.alias,
            program: EVALS_VERSION,
            request: plannedRequest(run.request, prepared) as unknown as Json,
            header: header as unknown as Json,
            asks_again: run.request.repeat,
            budget: run.budget,
          }),
        run.control.signal,
      );
      no = found.no;
      trials = plannedTrials({
        ...{ plan, plans, no, store: run.store, control: run.control, notice: io.notice },
        ...{ program: EVALS_VERSION, now: io.now },
        runNo: async () => (await run.store.read.runsByPrefix(header.id))[0]?.no ?? 0,
        inBlocks: found.trials,
        patiently: fleet.patiently,
      });
    },
    trials: {
      client: {
        ...plan.target.client,
        prepare: (question) => plan.target.client.prepare(question),
        send: (...call) => opened().client.send(...call),
        close: () => plan.target.client.close(),
      },
      scored: (...at) => opened().scored(...at),
      halted: () => opened().halted(),
      decided: () => opened().decided(),
      settle: (keepLost) => opened().settle(keepLost),
    },
    end: (status, report) =>
      fleet.patiently(() => plans.end(no, status, status === "incomplete" ? null : report)),
  };
}

function notCommitted(commit: string | null) {
  return {
    code: "EVALS_WORKERS_COMMIT",
    what:
      commit === null
        ? "This repository has no commit that workers could run."
        : `The files in this work tree differ from the commit ${commit.slice(0, 9)}, or are not in it.`,
    why: "Workers read the files from git, each in its own clone: they cannot see what is not committed and pushed.",
    fix:
      commit === null
        ? "git add -A && git commit, then git push"
        : "Commit the change and push it; or name a commit: `evals run --at HEAD --workers …`",
  };
}
