import type { FleetDatabase } from "./database.ts";

/**
 * Connects to the database where workers and whoever plans meet, and makes its tables where there are none.
 * @param url `postgres://…`
 * @param notice called when the database goes away and when it is back
 * @throws {EvalsError} for everything that would keep them from meeting there
 */
export async function openFleetDatabase(url: string, notice: (text: string) => void): Promise<FleetDatabase> {
  const { requireWorkerParts } = await import("./postgres/worker-parts.ts");
  await requireWorkerParts(process.versions.node);
  const { openPostgresFleet } = await import("./postgres/open-postgres.ts");
  return openPostgresFleet(url, notice);
}
