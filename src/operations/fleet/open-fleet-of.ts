import type { Environment } from "../environment.ts";
import { closeRuns, type PreparedRun } from "../running/prepare-runs.ts";
import type { RunPlace } from "../running/run-place.ts";
import { type Fleet, openPlanFleet } from "./plan-fleet.ts";

export interface FleetUser {
  readonly place: RunPlace;
  /** The runs for the workers. They are closed when the connection fails. */
  readonly prepared: readonly PreparedRun[];
  readonly environment: Environment;
}

/** Connects to the database that is shared with the workers. @param address address of this database */
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
