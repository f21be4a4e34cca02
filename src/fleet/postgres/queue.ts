import type { PgBoss } from "pg-boss";
import type { Postgres, Sql } from "./connect.ts";
import { alone, hasTable } from "./schema.ts";

/** The jobs for the blocks, one queue per plan. Methods with the parameter `sql` can be part of a transaction. */
export interface BlockQueue {
  /** Creates a plan's queue if needed. */
  open(run: string): Promise<void>;
  send(
    run: string,
    jobs: readonly { readonly id: string; readonly block: number }[],
    sql: Sql,
  ): Promise<void>;
  /** Takes the next job; undefined when none is waiting. */
  next(run: string, sql: Sql): Promise<{ readonly id: string; readonly block: number } | undefined>;
  complete(run: string, job: string, sql: Sql): Promise<void>;
  remove(run: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Time after which pg-boss takes a job away from its worker, in seconds. It is longer than any block takes, because the
 * leases of the blocks, not pg-boss, decide which worker has a block.
 */
const EXPIRES_S = 23 * 3600;
const NAME = "evals";

/**
 * Opens pg-boss, and creates its schema if needed.
 *
 * @param schedule whether this process creates the due jobs of schedules
 */
export async function openBoss(postgres: Postgres, { schedule = false } = {}): Promise<PgBoss> {
  const { PgBoss } = await import("pg-boss");
  const bossOn = (sql: Sql, isKeeper: boolean) => {
    const boss = new PgBoss({
      db: adapter(sql),
      schema: "evals_queue",
      supervise: false,
      schedule: isKeeper,
    });
    // Errors reported here come from background work, which is retried; errors of this program's own calls are
    // thrown.
    boss.on("error", () => {});
    return boss;
  };
  // Two processes could both create pg-boss's schema, so the schema is created under a lock, and on the connection
  // that holds the lock: a connection pooler might not provide a second connection.
  if (!(await hasTable(postgres, "evals_queue.version")))
    await alone(postgres, async (sql) => {
      if (await hasTable(sql, "evals_queue.version")) return;
      const maker = bossOn(sql, false);
      await maker.start();
      await maker.stop({ graceful: false, close: false });
    });
  const boss = bossOn(postgres, schedule);
  await boss.start();
  return boss;
}

export async function openQueue(postgres: Postgres): Promise<BlockQueue> {
  const boss = await openBoss(postgres);
  const queueOf = (run: string): string => `${NAME}-${run}`;
  return {
    open: async (run) => {
      await boss.createQueue(queueOf(run), {
        expireInSeconds: EXPIRES_S,
        retryLimit: 1000,
        deleteAfterSeconds: 7 * 86_400,
      });
    },
    send: async (run, jobs, sql) => {
      await boss.insert(
        queueOf(run),
        jobs.map(({ id, block }) => ({ id, data: { block } })),
        { db: adapter(sql) },
      );
    },
    next: async (run, sql) => {
      const [job] = await boss.fetch<{ block: number }>(queueOf(run), { batchSize: 1, db: adapter(sql) });
      return job === undefined ? undefined : { id: job.id, block: job.data.block };
    },
    complete: async (run, job, sql) => {
      await boss.complete(queueOf(run), job, {}, { db: adapter(sql) });
    },
    remove: (run) => boss.deleteQueue(queueOf(run)),
    close: () => boss.stop({ graceful: false, close: false }),
  };
}

function adapter(sql: Sql) {
  return {
    executeSql: async (text: string, values?: unknown[]) => {
      const result = await sql.query(text, values);
      // Several statements in one text give several results; the last one counts.
      return Array.isArray(result) ? { rows: result.at(-1)?.rows ?? [] } : result;
    },
  };
}
