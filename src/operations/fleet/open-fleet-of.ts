import type { Environment } from "../environment.ts";
import { closeRuns, type PreparedRun } from "../running/prepare-runs.ts";
import type { RunPlace } from "../running/run-place.ts";
import { type Fleet, openPlanFleet } from "./plan-fleet.ts";

export interface FleetUser {
  readonly place: RunPlace;
  /** The runs. They are closed when the workers cannot be used. */
  readonly prepared: readonly PreparedRun[];
  readonly environment: Environment;
}

/** Connects to the workers of prepared runs. @param address address of the shared database */
export async function openFleetOf(
  address: string,
  { place, prepared, environment }: FleetUser,
): Promise<Fleet> {
  try {
    return await openPlanFleet(address, place, environment);
  } catch (error) {
    await closeRuns(prepared);
    throw error;
  }
}
