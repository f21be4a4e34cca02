import { randomUUID } from "node:crypto";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { LEASE_S, type PlanStore } from "../database.ts";
import type { LostCall, ReadTrial, TrialPlace } from "../fleet.ts";
import type { Postgres, Row, Sql } from "./connect.ts";
import type { BlockQueue } from "./queue.ts";
import { alone } from "./schema.ts";

/** Seconds after which a worker that was not seen no longer counts. */
const SEEN_S = 15;

/**
 * SQL for whether a leased block (row `b`) still belongs to its worker. A lease that ends much later than a new one
 * can end was created before the database's clock was set back. Such a lease does not count, because its worker may
 * be gone.
 */
export const HELD = `(b.lease_until > now() AND b.lease_until <= now() + interval '${2 * LEASE_S} seconds')`;

/**
 * SQL for whether a worker (row `w`) was seen recently. A time slightly in the future counts as recent too: it was
 * recorded before the database's clock was set back.
 */
export const SEEN = `(w.ended_at IS NULL AND w.seen_at BETWEEN now() - interval '${SEEN_S} seconds' AND now() + interval '${SEEN_S} seconds')`;

export function planStore(postgres: Postgres, queue: BlockQueue): PlanStore {
  /** The runs that this process plans. */
  const runs = new Map<string, { readonly run: string; readonly planner: string }>();
  const mine = (no: string) => {
    const found = runs.get(no);
    if (found === undefined) throw new Error(`plan ${no} is not open`);
    return found;
  };
  const requireMine = (no: string, planner: unknown): void => {
    const { run, planner: own } = mine(no);
    if (planner !== own) throw new EvalsError(takenOver(run));
  };
  return {
    open: async (plan) => {
      const planner = randomUUID();
      const { rows } = await postgres.query(
        `INSERT INTO evals.plans AS p (run, plan_hash, commit, suite, alias, program, request, header, asks_again, budget_usd, budget_tokens, planner)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (run) DO UPDATE SET halt = NULL, ended_at = NULL, report = NULL, status = NULL, program = EXCLUDED.program,
           asks_again = EXCLUDED.asks_again, budget_usd = EXCLUDED.budget_usd, budget_tokens = EXCLUDED.budget_tokens, planner = EXCLUDED.planner
         RETURNING no`,
        [
          ...[plan.run, plan.plan_hash, plan.commit, plan.suite, plan.alias, plan.program],
          ...[JSON.stringify(plan.request), JSON.stringify(plan.header), plan.asks_again],
          ...[plan.budget?.usd ?? null, plan.budget?.tokens ?? null, planner],
        ],
      );
      const no = String(rows[0].no);
      runs.set(no, { run: plan.run, planner });
      // Each plan has partitions of its own: dropping them deletes the plan's answers at once, however many they are.
      // The partitions are created under the lock, because two processes may open the same plan. A call's row is
      // written when the call is sent, and grows about fivefold with the answer. The fill factor leaves room for this
      // growth in the row's page, so that no index changes.
      await alone(postgres, (sql) =>
        sql.query(
          `CREATE TABLE IF NOT EXISTS evals.calls_${no} PARTITION OF evals.calls FOR VALUES IN (${no}) WITH (fillfactor = 15)`,
        ),
      );
      await alone(postgres, (sql) =>
        sql.query(
          `CREATE TABLE IF NOT EXISTS evals.trials_${no} PARTITION OF evals.trials FOR VALUES IN (${no})`,
        ),
      );
      await queue.open(plan.run);
      // The user who resumes a plan has read why its workers died, so the number of lost workers starts again at 0.
      await postgres.query("UPDATE evals.blocks SET lost = 0 WHERE plan = $1 AND lost > 0", [no]);
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
          const { rows: plans } = await sql.query("SELECT planner FROM evals.plans WHERE no = $1", [no]);
          requireMine(no, plans[0]?.planner);
          // An earlier attempt was committed, but its confirmation was lost.
          const { rows } = await sql.query("SELECT 1 FROM evals.blocks WHERE plan = $1 AND job = $2", [
            ...[no, jobs[0]?.job],
          ]);
          if (rows.length > 0) return;
          const blocks = jobs.map(({ places, job }, at) => ({ no: next + at, trials: places, job }));
          await sendBlocks(sql, { no, run: mine(no).run }, blocks, queue);
        }),
      );
    },
    progress: async (no, read) => {
      const { rows } = await postgres.query(
        `SELECT p.halt, p.planner,
           (SELECT coalesce(json_agg(DISTINCT jsonb_build_object('program', w.program, 'models', w.models)), '[]') FROM evals.workers w WHERE ${SEEN}) AS kinds,
           (SELECT coalesce(array_agg(b.no ORDER BY b.no), '{}') FROM evals.blocks b WHERE b.plan = p.no AND b.state = 'done' AND b.no <> ALL ($2::int[])) AS done,
           (SELECT count(*) FROM evals.blocks b WHERE b.plan = p.no AND b.state <> 'done' AND NOT (b.state = 'leased' AND ${HELD}))::int AS waiting,
           (SELECT count(*) FROM evals.blocks b WHERE b.plan = p.no AND b.state = 'leased' AND ${HELD})::int AS leased,
           (SELECT count(*) FROM evals.workers w WHERE ${SEEN}
              AND (w.models IS NULL OR p.alias = ANY (w.models)) AND w.program = p.program)::int AS workers
         FROM evals.plans p WHERE p.no = $1`,
        [no, read],
      );
      const { planner, ...progress } = rows[0];
      requireMine(no, planner);
      return progress;
    },
    read: async (no, blocks) => {
      const [trials, rest] = await Promise.all([
        readTrials(postgres, no, blocks),
        postgres.query(
          "SELECT no, judgements, pace FROM evals.blocks WHERE plan = $1 AND no = ANY ($2::int[]) ORDER BY no",
          [no, blocks],
        ),
      ]);
      return rest.rows.map((one) => ({ ...one, trials: trials.get(one.no) ?? [] }));
    },
    halt: async (no, why) => {
      await postgres.query(
        "UPDATE evals.plans SET halt = $2 WHERE no = $1 AND halt IS NULL AND planner = $3",
        [no, JSON.stringify(why), mine(no).planner],
      );
    },
    sums: async (no) => {
      const { rows: uncounted } = await postgres.query(
        "SELECT no FROM evals.blocks WHERE plan = $1 AND state = 'done' AND NOT told",
        [no],
      );
      const blocks = uncounted.map((one) => one.no);
      const { rows: all } = await postgres.query(
        "SELECT count(*)::int AS uncertain FROM evals.calls WHERE plan = $1 AND state = 'uncertain'",
        [no],
      );
      return {
        ...{ blocks, lost: await lostCalls(postgres, no, blocks), uncertain: all[0].uncertain },
        ...(await callCounts(postgres, no, blocks)),
      };
    },
    reported: async (no, blocks) => {
      await postgres.query("UPDATE evals.blocks SET told = true WHERE plan = $1 AND no = ANY ($2::int[])", [
        no,
        blocks,
      ]);
    },
    end: async (no, status, report) => {
      const { rowCount } = await postgres.query(
        "UPDATE evals.plans SET status = $2, report = $3, ended_at = CASE WHEN $3::json IS NULL THEN NULL ELSE now() END WHERE no = $1 AND planner = $4",
        [no, status, report === null ? null : JSON.stringify(report), mine(no).planner],
      );
      if (rowCount === 0) throw new EvalsError(takenOver(mine(no).run));
      if (report !== null) await queue.remove(mine(no).run);
    },
  };
}

/** The problem of a run that another process has resumed. */
function takenOver(run: string): Problem {
  return {
    code: "EVALS_WORKERS_TAKEN_OVER",
    what: `Run ${run} was resumed by another process while this process was waiting for its workers.`,
    why: "Two processes that plan one run would have its trials asked, and paid for, twice.",
    fix: `Wait until the other process has ended the run. Then bring it here: evals pull ${run} --workers <postgres>`,
  };
}

/** SQL for whether a plan (row `p`) has a budget. */
export const BOUNDED = "(p.budget_usd IS NOT NULL OR p.budget_tokens IS NOT NULL)";

/** The trials of finished blocks, by block. */
export async function readTrials(
  sql: Sql,
  plan: string,
  blocks: readonly number[],
): Promise<ReadonlyMap<number, readonly ReadTrial[]>> {
  const { rows } = await sql.query(
    `SELECT t.block, t.case_no, t.trial, t.reply, t.scoring, c.reply AS answer
     FROM evals.trials t LEFT JOIN evals.calls c ON c.plan = t.plan AND c.id = t.call
     WHERE t.plan = $1 AND t.block = ANY ($2::int[])`,
    [plan, blocks],
  );
  const byBlock = new Map<number, ReadTrial[]>();
  for (const { block, ...trial } of rows) {
    const known = byBlock.get(block);
    if (known === undefined) byBlock.set(block, [trial]);
    else known.push(trial);
  }
  return byBlock;
}

/** All calls of these blocks that are a `LostCall`. */
export async function lostCalls(
  sql: Sql,
  plan: string,
  blocks: readonly number[],
): Promise<readonly LostCall[]> {
  const { rows } = await sql.query(
    `SELECT c.judge, c.case_id, c.usage, CASE WHEN c.state = 'uncertain' THEN c.most_usd ELSE c.usd END AS usd, c.most_usd, c.most_tokens
     FROM evals.blocks b JOIN evals.calls c ON c.plan = b.plan AND c.block = b.no
     WHERE b.plan = $1 AND b.no = ANY ($2::int[]) AND c.state <> 'open' AND (c.billed OR c.state = 'uncertain')
       AND NOT (c.id = ANY (coalesce(b.used, '{}'))) ORDER BY c.id`,
    [plan, blocks],
  );
  return rows;
}

/** Number of calls sent in these blocks, to the target and to judges. */
export async function callCounts(
  sql: Sql,
  plan: string,
  blocks: readonly number[],
): Promise<{ readonly calls: number; readonly judge_calls: number }> {
  const { rows } = await sql.query(
    `SELECT count(*) FILTER (WHERE judge IS NULL)::int AS calls, count(*) FILTER (WHERE judge IS NOT NULL)::int AS judge_calls
     FROM evals.calls WHERE plan = $1 AND block = ANY ($2::int[]) AND state <> 'open'`,
    [plan, blocks],
  );
  return rows[0];
}

/** A block that is not in the database yet. */
export interface NewBlock {
  readonly no: number;
  readonly trials: readonly TrialPlace[];
  readonly job: string;
}

/** Number of a plan's next block. The plan is locked until this transaction ends. */
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
  // As JSON, because a list of lists of different lengths is not a PostgreSQL array.
  const rows = blocks.map(({ no, trials, job }) => ({
    ...{ no, job, cases: trials.map(({ case_no }) => case_no), trials: trials.map(({ trial }) => trial) },
  }));
  await sql.query(
    `INSERT INTO evals.blocks (plan, no, cases, trials, job)
     SELECT $1, r.* FROM json_to_recordset($2::json) AS r (no int, cases int[], trials smallint[], job uuid)`,
    [plan, JSON.stringify(rows)],
  );
  await queue.send(
    run,
    blocks.map(({ no, job }) => ({ id: job, block: no })),
    sql,
  );
}

export function placesOf({ cases, trials }: Row): TrialPlace[] {
  return (cases as number[]).map((case_no, at) => ({ case_no, trial: (trials as number[])[at] as number }));
}
