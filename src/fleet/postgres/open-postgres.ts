import { EvalsError } from "../../domain/problem.ts";
import { connectionProblem, isPassing } from "../../postgres/connection-mistakes.ts";
import { endedInTime } from "../../postgres/unreliable-network.ts";
import type { FleetDatabase } from "../database.ts";
import { workBench } from "./blocks.ts";
import { openCadence } from "./cadence.ts";
import { connectPostgres, USE } from "./connect.ts";
import { keptRuns } from "./kept.ts";
import { callBook } from "./ledger.ts";
import { paceBook } from "./pace.ts";
import { planStore } from "./plans.ts";
import { openQueue } from "./queue.ts";
import { ensureSchema } from "./schema.ts";

/**
 * Grace period in which a worker may still return after its lease has expired, in milliseconds: longer than two
 * heartbeats take.
 */
const PATIENCE_MS = 4000;

/**
 * Opens the database that workers and planners share.
 *
 * @param patience_ms grace period in which a worker may still return after its lease has expired, in milliseconds
 * @throws {EvalsError} for a database that cannot be reached or written, or whose tables this program cannot use
 */
export async function openPostgresFleet(
  url: string,
  notice: (text: string) => void,
  patience_ms = PATIENCE_MS,
): Promise<FleetDatabase> {
  const postgres = await connectPostgres(url, { notice });
  try {
    await ensureSchema(postgres);
    const queue = await openQueue(postgres);
    return {
      plans: planStore(postgres, queue),
      bench: workBench(postgres, queue, patience_ms),
      pace: paceBook(postgres),
      kept: keptRuns(postgres, queue),
      cadence: (name, cron) => openCadence(postgres, name, cron),
      book: (signal) => callBook(postgres, signal),
      patiently: postgres.patiently,
      close: async () => {
        await endedInTime(queue.close());
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    if (isPassing(error)) throw new EvalsError(connectionProblem(url, error, USE));
    throw error;
  }
}
