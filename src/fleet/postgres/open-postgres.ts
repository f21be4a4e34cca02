import type { FleetDatabase } from "../database.ts";
import { workBench } from "./blocks.ts";
import { connectPostgres } from "./connect.ts";
import { keptRuns } from "./kept.ts";
import { callBook } from "./ledger.ts";
import { paceBook } from "./pace.ts";
import { planDesk } from "./plans.ts";
import { openQueue } from "./queue.ts";
import { ensureSchema } from "./schema.ts";

/** @throws {EvalsError} for a database that cannot be reached, written or understood */
export async function openPostgresFleet(url: string, notice: (text: string) => void): Promise<FleetDatabase> {
  const postgres = await connectPostgres(url, { notice });
  try {
    await ensureSchema(postgres);
    const queue = await openQueue(postgres);
    return {
      desk: planDesk(postgres, queue),
      bench: workBench(postgres, queue),
      pace: paceBook(postgres),
      kept: keptRuns(postgres, queue),
      book: (signal) => callBook(postgres, signal),
      patiently: postgres.patiently,
      close: async () => {
        await queue.close();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}
