import { randomUUID } from "node:crypto";
import type { PlanDesk } from "../database.ts";
import type { CallSums, TrialPlace, WorkedTrial } from "../fleet.ts";
import type { Postgres, Row, Sql } from "./connect.ts";
import type { BlockQueue } from "./queue.ts";

/** Seconds since a worker was last seen, after which nobody counts on it. */
export const SEEN_S = 15;

export function planDesk(postgres: Postgres, queue: BlockQueue): PlanDesk {
  const runs = new Map<string, string>();
  return {
    open: async (plan) => {
      const { rows } = await postgres.query(
        `INSERT INTO evals.plans AS p (run, plan_hash, commit, suite, alias, program, request, header, asks_again, budget_usd, budget_tokens)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (run) DO UPDATE SET halt = NULL, ended_at = NULL, report = NULL, status = NULL, program = EXCLUDED.program,
           asks_again = EXCLUDED.asks_again, budget_usd = EXCLUDED.budget_usd, budget_tokens = EXCLUDED.budget_tokens
         RETURNING no`,
        [
          ...[plan.run, plan.plan_hash, plan.commit, plan.suite, plan.alias, plan.program],
          ...[JSON.stringify(plan.request), JSON.stringify(plan.header), plan.asks_again],
          ...[plan.budget?.usd ?? null, plan.budget?.tokens ?? null],
        ],
      );
      const no = String(rows[0].no);
      runs.set(no, plan.run);
      // Dropping them takes the plan's answers away at once, however many they are.
      await postgres.query(
        `CREATE TABLE IF NOT EXISTS evals.calls_${no} PARTITION OF evals.calls FOR VALUES IN (${no}) WITH (fillfactor = 70)`,
      );
      await postgres.query(
        `CREATE TABLE IF NOT EXISTS evals.trials_${no} PARTITION OF evals.trials FOR VALUES IN (${no})`,
      );
      await queue.open(plan.run);
      const { rows: blocks } = await postgres.query(
        "SELECT no, cases, trials FROM evals.blocks WHERE plan = $1 ORDER BY no",
        [no],
      );
      return { no, trials: blocks.flatMap(placesOf) };
    },
    publish: async (no, trials) => {
      const jobs = trials.map((places) => ({ places, job: randomUUID() }));
      await postgres.patiently(() =>
        postgres.transaction(async (sql) => {
          const next = await nextBlock(sql, no);
          // It was done, and the word that it was never came back.
          const { rows } = await sql.query("SELECT 1 FROM evals.blocks WHERE plan = $1 AND job = $2", [
            ...[no, jobs[0]?.job],
          ]);
          if (rows.length > 0) return;
          const blocks = jobs.map(({ places, job }, at) => ({ no: next + at, trials: places, job }));
          await sendBlocks(sql, { no, run: runs.get(no) as string }, blocks, queue);
        }),
      );
    },
    progress: async (no, read) => {
      const { rows } = await postgres.query(
        `SELECT p.halt,
           (SELECT coalesce(array_agg(b.no ORDER BY b.no), '{}') FROM evals.blocks b WHERE b.plan = p.no AND b.state = 'done' AND b.no <> ALL ($2::int[])) AS done,
           (SELECT count(*) FROM evals.blocks b WHERE b.plan = p.no AND b.state <> 'done' AND NOT (b.state = 'leased' AND b.lease_until > now()))::int AS waiting,
           (SELECT count(*) FROM evals.blocks b WHERE b.plan = p.no AND b.state = 'leased' AND b.lease_until > now())::int AS leased,
           (SELECT count(*) FROM evals.workers w WHERE w.ended_at IS NULL AND w.seen_at > now() - make_interval(secs => $3)
              AND (w.models IS NULL OR p.alias = ANY (w.models)) AND w.program = p.program)::int AS workers
         FROM evals.plans p WHERE p.no = $1`,
        [no, read, SEEN_S],
      );
      const { halt, done, waiting, leased, workers } = rows[0];
      return { halt, done, waiting, leased, workers };
    },
    read: async (no, blocks) => {
      const [trials, rest] = await Promise.all([
        postgres.query(
          "SELECT block, case_no, trial, reply, scoring FROM evals.trials WHERE plan = $1 AND block = ANY ($2::int[])",
          [no, blocks],
        ),
        postgres.query(
          "SELECT no, judgements, pace FROM evals.blocks WHERE plan = $1 AND no = ANY ($2::int[]) ORDER BY no",
          [no, blocks],
        ),
      ]);
      const byBlock = new Map<number, WorkedTrial[]>();
      for (const { block, ...trial } of trials.rows)
        byBlock.set(block, [...(byBlock.get(block) ?? []), trial]);
      return rest.rows.map((one) => ({ ...one, trials: byBlock.get(one.no) ?? [] }));
    },
    halt: async (no, why) => {
      await postgres.query("UPDATE evals.plans SET halt = $2 WHERE no = $1 AND halt IS NULL", [
        no,
        JSON.stringify(why),
      ]);
    },
    sums: async (no, keep) => {
      await postgres.transaction(async (sql) => {
        const { rows } = await sql.query(UNTOLD, [no]);
        const { rows: all } = await sql.query(
          "SELECT count(*)::int AS uncertain FROM evals.calls WHERE plan = $1 AND state = 'uncertain'",
          [no],
        );
        keep({ ...sumsOf(rows), uncertain: all[0].uncertain });
        await sql.query("UPDATE evals.calls SET told = true WHERE plan = $1 AND id = ANY ($2::bigint[])", [
          no,
          rows.map(({ id }) => id),
        ]);
      });
    },
    end: async (no, status, report) => {
      await postgres.query(
        "UPDATE evals.plans SET status = $2, report = $3, ended_at = CASE WHEN $3::jsonb IS NULL THEN NULL ELSE now() END WHERE no = $1",
        [...[no, status, report === null ? null : JSON.stringify(report)]],
      );
      if (report !== null) await queue.remove(runs.get(no) as string);
    },
  };
}

const UNTOLD = `
  SELECT c.id, c.judge, c.case_id, c.state, c.used, c.billed, c.usage, c.usd, c.most_usd, c.most_tokens
  FROM evals.calls c JOIN evals.blocks b ON b.plan = c.plan AND b.no = c.block
  WHERE c.plan = $1 AND NOT c.told AND b.state = 'done' AND c.state <> 'open' ORDER BY c.id`;

/** An answer whose money is told with its trial is not lost; of one that never came the reservation counts. */
function sumsOf(rows: readonly Row[]): Omit<CallSums, "uncertain"> {
  const lost = rows.filter(({ used, billed, state }) => !used && (billed || state === "uncertain"));
  return {
    calls: rows.filter(({ judge }) => judge === null).length,
    judge_calls: rows.filter(({ judge }) => judge !== null).length,
    lost: lost.map(({ judge, case_id, usage, usd, state, most_usd, most_tokens }) => ({
      ...{ judge, case_id, usage, most_usd, most_tokens },
      usd: state === "uncertain" ? most_usd : usd,
    })),
  };
}

/** A block before it is in the database. */
export interface NewBlock {
  readonly no: number;
  readonly trials: readonly TrialPlace[];
  readonly job: string;
}

/** Number of a plan's next block; nobody else adds one before this transaction ends. */
export async function nextBlock(sql: Sql, plan: string): Promise<number> {
  await sql.query("SELECT 1 FROM evals.plans WHERE no = $1 FOR UPDATE", [plan]);
  const { rows } = await sql.query(
    "SELECT coalesce(max(no), -1) + 1 AS next FROM evals.blocks WHERE plan = $1",
    [plan],
  );
  return Number(rows[0].next);
}

/** Adds blocks to a plan, each with its job in the queue. */
export async function sendBlocks(
  sql: Sql,
  { no: plan, run }: { readonly no: string; readonly run: string },
  blocks: readonly NewBlock[],
  queue: BlockQueue,
): Promise<void> {
  for (const { no, trials, job } of blocks)
    await sql.query("INSERT INTO evals.blocks (plan, no, cases, trials, job) VALUES ($1, $2, $3, $4, $5)", [
      ...[plan, no, trials.map(({ case_no }) => case_no), trials.map(({ trial }) => trial), job],
    ]);
  await queue.send(
    run,
    blocks.map(({ no, job }) => ({ id: job, block: no })),
    sql,
  );
}

export function placesOf({ cases, trials }: Row): TrialPlace[] {
  return (cases as number[]).map((case_no, at) => ({ case_no, trial: (trials as number[])[at] as number }));
}
