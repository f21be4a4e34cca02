import type { PlanStatus, WorkerStatus } from "../domain/fleet-status.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Environment } from "./environment.ts";
import { requireKeptRun } from "./fleet/kept-run.ts";
import { openFleet } from "./fleet/open-fleet.ts";
import { locate } from "./project/open-project.ts";

export interface QueueInput {
  readonly address: string;
  readonly directory?: string | undefined;
}

/** The progress of the runs in the workers' database, and the connected workers. This needs no project. */
export async function queueStatus(
  io: Environment,
  input: QueueInput,
): Promise<{ readonly runs: readonly PlanStatus[]; readonly workers: readonly WorkerStatus[] }> {
  const fleet = await openFleet(input.address, rootOf(io, input), io);
  try {
    return await fleet.kept.status();
  } finally {
    await fleet.close();
  }
}

/**
 * Deletes a run from the workers' database.
 *
 * @returns the id of the deleted run
 * @throws {EvalsError} when there is no such run
 */
export async function dropQueuedRun(
  io: Environment,
  input: QueueInput & { readonly run: string },
): Promise<string> {
  const fleet = await openFleet(input.address, rootOf(io, input), io);
  try {
    const kept = await requireKeptRun(fleet, input.run);
    await fleet.kept.drop(kept);
    return kept.run;
  } finally {
    await fleet.close();
  }
}

/** The project whose `.env` is used; null outside of a project. */
function rootOf(io: Environment, { directory }: QueueInput): string | null {
  try {
    return locate(io, directory).root;
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}
