import type { Postgres, Sql } from "./connect.ts";
import { alone, hasTable } from "./schema.ts";

/** The jobs behind the blocks, one queue a plan. Every call may be part of a transaction. */
export interface BlockQueue {
  /** Makes a plan's queue where it is not there. */
  open(run: string): Promise<void>;
  send(
    run: string,
    jobs: readonly { readonly id: string; readonly block: number }[],
    sql: Sql,
  ): Promise<void>;
  /** Takes the next job; undefined where none waits. */
  next(run: string, sql: Sql): Promise<{ readonly id: string; readonly block: number } | undefined>;
  complete(run: string, job: string, sql: Sql): Promise<void>;
  remove(run: string): Promise<void>;
  close(): Promise<void>;
}

/** A job is a worker's for as long as its block's lease is renewed; the queue itself gives up much later. */
const EXPIRES_S = 23 * 3600;
const NAME = "evals";

export async function openQueue(postgres: Postgres): Promise<BlockQueue> {
  const { PgBoss } = await import("pg-boss");
  const bossOn = (sql: Sql) => {
    const boss = new PgBoss({
      db: adapter(sql),
      schema: "evals_queue",
      supervise: false,
      schedule: false,
    });
    // Its errors come from what it does by itself, which is done again; those of our calls are thrown.
    boss.on("error", () => {});
    return boss;
  };
  // Two that come first at once would both make its schema. It is made on the connection that holds the lock: a pooler may have no other.
  if (!(await hasTable(postgres, "evals_queue.version")))
    await alone(postgres, async (sql) => {
      if (await hasTable(sql, "evals_queue.version")) return;
      const maker = bossOn(sql);
      await maker.start();
      await maker.stop({ graceful: false, close: false });
    });
  const boss = bossOn(postgres);
  await boss.start();
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
      // Several statements in one text give several results; the last is that of the text.
      return Array.isArray(result) ? { rows: result.at(-1)?.rows ?? [] } : result;
    },
  };
}
