import { setTimeout } from "node:timers/promises";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { endedInTime } from "../../postgres/unreliable-network.ts";
import type { Cadence } from "../database.ts";
import type { Postgres } from "./connect.ts";
import { openBoss } from "./queue.ts";

const POLL_MS = 1000;

/** Opens a schedule of pg-boss. At each due time, pg-boss puts a job into a queue that only this schedule uses. */
export async function openCadence(postgres: Postgres, name: string, cron: string): Promise<Cadence> {
  const queue = `evals-cron-${name}`;
  const boss = await openBoss(postgres);
  try {
    boss.previewSchedule(cron, { count: 1 });
  } catch (error) {
    await endedInTime(boss.stop({ graceful: false, close: false }));
    throw new EvalsError(notASchedule(cron, (error as Error).message));
  }
  // With the policy `short`, at most one job waits in the queue, so several missed times count as one.
  await boss.createQueue(queue, { policy: "short" });
  await boss.schedule(queue, cron, null, { tz: "UTC", missed: "once", retryLimit: 0 });
  // Jobs are created only by processes that started pg-boss with `schedule: true`; each creates the due jobs of all
  // schedules in the database.
  const keeper = await openBoss(postgres, { schedule: true });
  return {
    next: async (signal) => {
      while (!signal.aborted) {
        const taken = await postgres.patiently(async () => {
          const [job] = await boss.fetch(queue);
          if (job === undefined) return false;
          await boss.complete(queue, job.id);
          return true;
        }, signal);
        if (taken) return true;
        await setTimeout(POLL_MS, undefined, { signal }).catch(() => {});
      }
      return false;
    },
    close: async () => {
      for (const one of [keeper, boss]) await endedInTime(one.stop({ graceful: false, close: false }));
    },
  };
}

function notASchedule(cron: string, reason: string): Problem {
  return {
    code: "EVALS_CRON",
    what: `"${cron}" is not a schedule: ${reason}`,
    why: "A schedule says when work is due: minute, hour, day of the month, month and day of the week, in UTC.",
    fix: 'For every night at 3:17: --cron "17 3 * * *"',
  };
}
