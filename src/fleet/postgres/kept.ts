import type { PlanStatus, WorkerStatus } from "../../domain/fleet-status.ts";
import { type KeptBlock, type KeptRun, type KeptRuns, LOST_MOST } from "../database.ts";
import type { Postgres } from "./connect.ts";
import { BOUNDED, callCounts, HELD, lostCalls, readTrials } from "./plans.ts";
import type { BlockQueue } from "./queue.ts";

export function keptRuns(postgres: Postgres, queue: BlockQueue): KeptRuns {
  return {
    status: () => fleetStatus(postgres),
    find: (prefix) => find(postgres, prefix),
    blocks: (no, after) => keptBlocks(postgres, no, after),
    lost: async (no, blocks) => lostCalls(postgres, no, blocks),
    calls: async (no, blocks) => callCounts(postgres, no, blocks),
    drop: async ({ no, run }) => {
      await queue.remove(run);
      await dropRun(postgres, no);
    },
  };
}

/** All runs, newest first, and the workers that were active in the last minute. */
async function fleetStatus(
  postgres: Postgres,
): Promise<{ readonly runs: readonly PlanStatus[]; readonly workers: readonly WorkerStatus[] }> {
  const [plans, blocks, calls, workers] = await Promise.all([
    postgres.query(
      "SELECT no, run, suite, alias, commit, halt, ended_at IS NOT NULL AS ended FROM evals.plans ORDER BY no DESC",
    ),
    postgres.query(
      `SELECT plan, count(*) FILTER (WHERE state = 'done')::int AS done, count(*) FILTER (WHERE state = 'leased' AND ${HELD})::int AS leased,
         count(*) FILTER (WHERE state <> 'done' AND lost >= ${LOST_MOST})::int AS dead,
         count(*)::int AS blocks, coalesce(sum(cardinality(cases)), 0)::int AS trials, coalesce(sum(cardinality(cases)) FILTER (WHERE state = 'done'), 0)::int AS done_trials
       FROM evals.blocks b GROUP BY plan`,
    ),
    postgres.query(
      `SELECT plan, count(*) FILTER (WHERE state = 'open')::int AS open, count(*) FILTER (WHERE state = 'uncertain')::int AS uncertain,
         CASE WHEN bool_or(billed AND state <> 'open' AND usd IS NULL AND NOT (state = 'uncertain' AND most_usd IS NOT NULL)) THEN NULL
           ELSE coalesce(sum(CASE WHEN state = 'uncertain' THEN most_usd ELSE usd END), 0) END AS usd
       FROM evals.calls GROUP BY plan`,
    ),
    postgres.query(
      `SELECT name, program AS version, extract(epoch FROM now() - seen_at)::float8 AS seen_s,
         (SELECT count(*) FROM evals.blocks b WHERE b.worker = w.no AND b.state = 'leased')::int AS blocks
       FROM evals.workers w WHERE ended_at IS NULL AND seen_at > now() - interval '1 minute' ORDER BY no`,
    ),
  ]);
  const of = <T>(rows: readonly (T & { plan: string })[], no: string): T | undefined =>
    rows.find(({ plan }) => plan === no);
  const runs = plans.rows.map(({ no, run, suite, alias, commit, halt, ended }): PlanStatus => {
    const sums = of(blocks.rows, no) ?? { done: 0, leased: 0, dead: 0, blocks: 0, trials: 0, done_trials: 0 };
    const { open, uncertain, usd } = of(calls.rows, no) ?? { open: 0, uncertain: 0, usd: 0 };
    return {
      ...{ run, suite, alias, commit },
      state: ended ? "ended" : halt === null ? "open" : "halted",
      reason: ended ? null : (halt?.message ?? null),
      blocks: {
        ...{ done: sums.done, leased: sums.leased, dead: sums.dead },
        waiting: sums.blocks - sums.done - sums.leased - sums.dead,
      },
      trials: { all: sums.trials, done: sums.done_trials },
      calls: { open, uncertain, usd },
    };
  });
  return { runs, workers: workers.rows };
}

/** Runs whose id starts with the prefix. */
async function find(postgres: Postgres, prefix: string): Promise<readonly KeptRun[]> {
  const { rows } = await postgres.query(
    `SELECT no, run, plan_hash, commit, suite, alias, request, asks_again, ${BOUNDED} AS bounded, header, report, status,
       to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ended_at
     FROM evals.plans p WHERE starts_with(run, $1) ORDER BY no DESC LIMIT 20`,
    [prefix],
  );
  return rows.map((one) => ({ ...one, no: String(one.no) }));
}

/** A page of a run's blocks with their trials: the next finished blocks after the number `after`, in order. */
async function keptBlocks(postgres: Postgres, no: string, after: number) {
  const { rows: blocks } = await postgres.query(
    "SELECT no, judgements FROM evals.blocks WHERE plan = $1 AND no > $2 AND state = 'done' ORDER BY no LIMIT 20",
    [no, after],
  );
  const trials = await readTrials(
    postgres,
    no,
    blocks.map((one) => one.no),
  );
  return blocks.map((one): KeptBlock => ({ ...one, trials: trials.get(one.no) ?? [] }));
}

/** Deletes a run. Its answers are dropped with their partitions, which is fast for any number of answers. */
async function dropRun(postgres: Postgres, no: string): Promise<void> {
  await postgres.transaction(async (sql) => {
    await sql.query(`DROP TABLE IF EXISTS evals.calls_${BigInt(no)}, evals.trials_${BigInt(no)}`);
    await sql.query("DELETE FROM evals.plans WHERE no = $1", [no]);
  });
}
