import type { FleetDatabase } from "./database.ts";

/**
 * Connects to the database shared by planner and workers, and creates its tables if needed.
 *
 * @param url `postgres://…`
 * @param notice called when the database becomes unavailable and when it is back
 * @throws {EvalsError} for anything that makes the database unusable
 */
export async function openFleetDatabase(url: string, notice: (text: string) => void): Promise<FleetDatabase> {
  const { requireWorkerParts } = await import("./postgres/worker-parts.ts");
  await requireWorkerParts(process.versions.node);
  const { openPostgresFleet } = await import("./postgres/open-postgres.ts");
  return openPostgresFleet(url, notice);
}
