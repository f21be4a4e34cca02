import { randomUUID } from "node:crypto";
import { LEASE_S, LOST_MOST, type WorkBench } from "../database.ts";
import type { FleetPlan, LeasedBlock, PlanHalt, TrialPlace, WorkedBlock } from "../fleet.ts";
import type { Postgres, Row, Sql } from "./connect.ts";
import { TOKENS, USD } from "./ledger.ts";
import { BOUNDED, HELD, nextBlock, placesOf, sendBlocks } from "./plans.ts";
import type { BlockQueue } from "./queue.ts";

/** Maximum number of cases that a message names. */
const NAMED = 5;

/**
 * A worker's operations in PostgreSQL.
 *
 * @param patience_ms grace period in milliseconds in which a worker may still return after its lease has expired
 */
export function workBench(postgres: Postgres, queue: BlockQueue, patience_ms: number): WorkBench {
  const silent = silentWorkers(patience_ms);
  return {
    arrive: async ({ name, program, models }) => {
      const { rows } = await postgres.query(
        "INSERT INTO evals.workers (name, program, models) VALUES ($1, $2, $3) RETURNING no",
        [name, program, models],
      );
      return String(rows[0].no);
    },
    plans: async (worker) => {
      const { rows } = await postgres.query(
        `SELECT p.no, p.run, p.plan_hash, p.commit, p.suite, p.alias, p.request, p.asks_again, ${BOUNDED} AS bounded FROM evals.plans p, evals.workers w
         WHERE w.no = $1 AND p.ended_at IS NULL AND p.halt IS NULL AND p.program = w.program AND (w.models IS NULL OR p.alias = ANY (w.models))
           AND EXISTS (SELECT 1 FROM evals.blocks b WHERE b.plan = p.no AND (b.state = 'waiting' OR (b.state = 'leased' AND NOT ${HELD})))
         ORDER BY p.no`,
        [worker],
      );
      return rows.map((one) => ({ ...one, no: String(one.no) }));
    },
    foreign: async (worker) => {
      const { rows } = await postgres.query(
        `SELECT p.run, p.program FROM evals.plans p, evals.workers w
         WHERE w.no = $1 AND p.ended_at IS NULL AND p.halt IS NULL AND p.program <> w.program AND (w.models IS NULL OR p.alias = ANY (w.models))
           AND EXISTS (SELECT 1 FROM evals.blocks b WHERE b.plan = p.no AND b.state <> 'done')
         ORDER BY p.no`,
        [worker],
      );
      return rows;
    },
    lease: (plan, worker) =>
      postgres.transaction(async (sql) => {
        const lost = await silent(sql, plan);
        if (lost !== undefined && lost.lost + 1 >= LOST_MOST) {
          await giveUp(sql, plan, lost);
          return undefined;
        }
        const found = lost ?? (await fetched(sql, plan, queue));
        return found === undefined ? undefined : leased(sql, plan, found, worker);
      }),
    beat: async (worker, blocks) => {
      await postgres.query("UPDATE evals.workers SET seen_at = now() WHERE no = $1", [worker]);
      const { rows } = await postgres.query(
        `WITH mine AS (
           UPDATE evals.blocks SET lease_until = now() + make_interval(secs => $2) WHERE state = 'leased' AND worker = $1
             AND (plan, no) IN (SELECT * FROM unnest($3::bigint[], $4::int[])) RETURNING plan
         )
         SELECT p.no, p.halt FROM evals.plans p WHERE p.no IN (SELECT plan FROM mine) AND p.halt IS NOT NULL`,
        [worker, LEASE_S, blocks.map(({ plan }) => plan), blocks.map(({ no }) => no)],
      );
      return new Map(rows.map(({ no, halt }) => [String(no), halt as PlanHalt]));
    },
    finish: (plan, block, worker, worked) =>
      postgres.transaction(async (sql) => {
        const { rows } = await sql.query(
          "SELECT state, fence, worker, job FROM evals.blocks WHERE plan = $1 AND no = $2 FOR UPDATE",
          [plan.no, block.no],
        );
        const [now] = rows;
        if (now === undefined || now.fence !== block.fence || String(now.worker) !== worker) return false;
        // An earlier attempt was committed, but its confirmation was lost.
        if (now.state === "done") return true;
        await keepTrials(sql, block, worked);
        await sql.query(
          `UPDATE evals.blocks SET state = 'done', cases = $3, trials = $4, passed = $5, errored = $6, judgements = $7, pace = $8, used = $9, lease_until = NULL
           WHERE plan = $1 AND no = $2`,
          [
            ...[
              plan.no,
              block.no,
              worked.trials.map(({ case_no }) => case_no),
              worked.trials.map(({ trial }) => trial),
            ],
            ...[worked.passed, worked.errored, worked.judgements, JSON.stringify(worked.pace), worked.used],
          ],
        );
        if (plan.bounded) await countPaid(sql, block);
        await queue.complete(plan.run, now.job, sql);
        await sendRest(sql, plan, worked.rest, queue);
        return true;
      }),
    halt: async (plan, why) => {
      await postgres.query("UPDATE evals.plans SET halt = $2 WHERE no = $1 AND halt IS NULL", [
        plan,
        JSON.stringify(why),
      ]);
    },
    leave: async (worker) => {
      await postgres.query("UPDATE evals.workers SET ended_at = now() WHERE no = $1", [worker]);
    },
  };
}

/**
 * Finds blocks whose lease has expired, after an extra grace period. The grace period is needed because a lease also
 * expires when the database was unavailable or its clock jumped, which is not the worker's fault.
 */
function silentWorkers(patience_ms: number) {
  /** When each expired lease was first noticed. */
  const seen = new Map<string, number>();
  return async (sql: Sql, { no: plan }: FleetPlan): Promise<Row | undefined> => {
    const { rows } = await sql.query(
      `SELECT no, fence, lease_until::text AS until FROM evals.blocks b WHERE plan = $1 AND state = 'leased' AND NOT ${HELD}`,
      [plan],
    );
    const now = performance.now();
    const keyOf = ({ no, fence, until }: Row): string => `${plan}/${no}/${fence}/${until}`;
    const keys = new Set(rows.map(keyOf));
    for (const key of seen.keys()) if (key.startsWith(`${plan}/`) && !keys.has(key)) seen.delete(key);
    for (const key of keys) if (!seen.has(key)) seen.set(key, now);
    const silent = rows.filter((one) => now - (seen.get(keyOf(one)) ?? now) >= patience_ms);
    if (silent.length === 0) return undefined;
    const { rows: taken } = await sql.query(
      `SELECT no, fence, job, cases, trials, lost FROM evals.blocks b WHERE plan = $1 AND lost < ${LOST_MOST} AND no = ANY ($2::int[]) AND state = 'leased' AND NOT ${HELD}
       ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [plan, silent.map(({ no }) => no)],
    );
    return taken[0];
  };
}

/**
 * Halts the plan instead of letting a block kill one worker after another. No answer is lost: answers are in
 * the ledger, and a planner that resumes the run gives the block out again.
 */
async function giveUp(sql: Sql, { no: plan }: FleetPlan, { no, cases }: Row): Promise<void> {
  await sql.query("UPDATE evals.blocks SET lost = lost + 1 WHERE plan = $1 AND no = $2", [plan, no]);
  const { rows } = await sql.query(
    `WITH lost AS (UPDATE evals.calls SET state = 'uncertain' WHERE plan = $1 AND block = $2 AND state = 'open' RETURNING case_id)
     SELECT case_id FROM lost UNION SELECT case_id FROM evals.calls WHERE plan = $1 AND block = $2 AND state = 'uncertain' ORDER BY case_id`,
    [plan, no],
  );
  const ids: string[] = rows.map(({ case_id }) => case_id);
  const named =
    ids.slice(0, NAMED).join(", ") + (ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "");
  const why: PlanHalt = {
    kind: "unreachable",
    because: "workers-lost",
    message: `${LOST_MOST} workers died while they worked on block ${no} (cases in it: ${new Set(cases).size}); ${
      ids.length === 0 ? "no call was in flight" : `cases without an answer when they died: ${named}`
    }. The answers received so far are kept.`,
  };
  await sql.query("UPDATE evals.plans SET halt = $2 WHERE no = $1 AND halt IS NULL", [
    plan,
    JSON.stringify(why),
  ]);
}

/** The block of the next waiting job. */
async function fetched(sql: Sql, { no, run }: FleetPlan, queue: BlockQueue): Promise<Row | undefined> {
  const job = await queue.next(run, sql);
  if (job === undefined) return undefined;
  const { rows } = await sql.query(
    "SELECT no, fence, job, cases, trials FROM evals.blocks WHERE plan = $1 AND no = $2 AND state = 'waiting' FOR UPDATE",
    [no, job.block],
  );
  return rows[0];
}

/** Leases a block to a worker. Calls of an earlier worker without an answer become uncertain. */
async function leased(sql: Sql, plan: FleetPlan, found: Row, worker: string): Promise<LeasedBlock> {
  const fence = Number(found.fence) + 1;
  await sql.query(
    "UPDATE evals.blocks SET state = 'leased', fence = $3, lost = lost + (state = 'leased')::int, worker = $4, lease_until = now() + make_interval(secs => $5) WHERE plan = $1 AND no = $2",
    [plan.no, found.no, fence, worker, LEASE_S],
  );
  const before =
    fence === 1
      ? []
      : (
          await sql.query(
            `WITH lost AS (
               UPDATE evals.calls SET state = 'uncertain' WHERE plan = $1 AND block = $2 AND state = 'open' AND fence < $3 RETURNING id, key
             )
             SELECT id, key, NULL AS reply FROM lost
             UNION ALL SELECT id, key, NULL FROM evals.calls WHERE plan = $1 AND block = $2 AND state = 'uncertain'
             UNION ALL SELECT id, key, reply FROM evals.calls WHERE plan = $1 AND block = $2 AND state = 'answered' AND reply IS NOT NULL`,
            [plan.no, found.no, fence],
          )
        ).rows;
  return {
    plan: plan.no,
    bounded: plan.bounded,
    no: found.no,
    trials: placesOf(found),
    fence,
    job: found.job,
    before,
  };
}

async function keepTrials(sql: Sql, { plan, no }: LeasedBlock, { trials }: WorkedBlock): Promise<void> {
  await sql.query(
    `INSERT INTO evals.trials (plan, block, case_no, trial, call, reply, scoring)
     SELECT $1, $2, * FROM unnest($3::int[], $4::smallint[], $5::bigint[], $6::text[], $7::text[])`,
    [
      ...[plan, no, trials.map(({ case_no }) => case_no), trials.map(({ trial }) => trial)],
      ...[
        trials.map(({ call }) => call),
        trials.map(({ reply }) => reply),
        trials.map(({ scoring }) => scoring),
      ],
    ],
  );
}

async function sendRest(
  sql: Sql,
  plan: FleetPlan,
  rest: readonly TrialPlace[],
  queue: BlockQueue,
): Promise<void> {
  if (rest.length === 0) return;
  const { rows } = await sql.query("SELECT halt FROM evals.plans WHERE no = $1 FOR UPDATE", [plan.no]);
  if (rows[0]?.halt !== null) return;
  const block = { no: await nextBlock(sql, plan.no), trials: rest, job: randomUUID() };
  await sendBlocks(sql, plan, [block], queue);
}

/** Adds the cost of a finished block to the plan's total, so that a budget check adds up only the leased blocks. */
async function countPaid(sql: Sql, { plan, no }: LeasedBlock): Promise<void> {
  await sql.query(
    `UPDATE evals.plans SET (paid_usd, paid_tokens) = (SELECT paid_usd + coalesce(sum(${USD}), 0), paid_tokens + coalesce(sum(${TOKENS}), 0)
       FROM evals.calls WHERE plan = $1 AND block = $2) WHERE no = $1`,
    [plan, no],
  );
}
