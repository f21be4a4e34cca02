import { EvalsError } from "../../domain/problem.ts";
import type { Postgres, Sql } from "./connect.ts";
import { noSchema, schemaProblem } from "./schema-mistakes.ts";

/** Number of the advisory lock under which tables are created: one process creates them, and the others wait. */
const LOCK = 7_263_815_504;

/** Runs work in a transaction that holds the lock, so that no other process runs such work at the same time. */
export function alone<T>(postgres: Postgres, work: (sql: Sql) => Promise<T>): Promise<T> {
  return postgres.transaction(async (sql) => {
    // A transaction-level lock, because a connection pooler may give each transaction another session.
    await sql.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    return work(sql);
  });
}

/**
 * Whether a table exists. It is looked up in the catalogue `pg_tables`: the function `to_regclass` might answer with what
 * was there before the caller acquired its lock.
 *
 * @param name with its schema
 */
export async function hasTable(sql: Sql, name: string): Promise<boolean> {
  const { rows } = await sql.query(
    "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname || '.' || tablename = $1) AS there",
    [name],
  );
  return rows[0]?.there === true;
}

/** All migrations in order. A migration is never changed after it was published. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE evals.plans (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run text NOT NULL UNIQUE,
    plan_hash text NOT NULL,
    commit text NOT NULL,
    suite text NOT NULL,
    alias text NOT NULL,
    program text NOT NULL,
    request jsonb NOT NULL,
    header jsonb NOT NULL,
    asks_again boolean NOT NULL,
    budget_usd double precision,
    budget_tokens double precision,
    paid_usd double precision NOT NULL DEFAULT 0,
    paid_tokens double precision NOT NULL DEFAULT 0,
    halt jsonb,
    report jsonb,
    status text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
  );
  CREATE INDEX plans_open ON evals.plans (no) WHERE ended_at IS NULL;
  CREATE TABLE evals.workers (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    program text NOT NULL,
    models text[],
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
  );
  CREATE TABLE evals.blocks (
    plan bigint NOT NULL REFERENCES evals.plans (no) ON DELETE CASCADE,
    no integer NOT NULL,
    cases integer[] NOT NULL,
    trials smallint[] NOT NULL,
    job uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'done')),
    fence integer NOT NULL DEFAULT 0,
    worker bigint,
    lease_until timestamptz,
    passed integer,
    errored integer,
    judgements text,
    pace jsonb,
    used bigint[],
    told boolean NOT NULL DEFAULT false,
    PRIMARY KEY (plan, no)
  );
  CREATE INDEX blocks_leased ON evals.blocks (lease_until) WHERE state = 'leased';
  CREATE TABLE evals.calls (
    plan bigint NOT NULL,
    id bigint NOT NULL,
    block integer NOT NULL,
    fence integer NOT NULL,
    key text NOT NULL,
    judge text,
    case_id text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'failed', 'uncertain')),
    most_usd double precision,
    most_tokens double precision,
    billed boolean NOT NULL DEFAULT true,
    usage jsonb,
    usd double precision,
    reply text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (plan, id)
  ) PARTITION BY LIST (plan);
  CREATE INDEX calls_block ON evals.calls (plan, block);
  CREATE INDEX calls_judge ON evals.calls (plan, key) WHERE judge IS NOT NULL;
  CREATE TABLE evals.trials (
    plan bigint NOT NULL,
    block integer NOT NULL,
    case_no integer NOT NULL,
    trial smallint NOT NULL,
    call bigint,
    reply text,
    scoring text,
    PRIMARY KEY (plan, block, case_no, trial)
  ) PARTITION BY LIST (plan);
  CREATE TABLE evals.pace (
    model text PRIMARY KEY
  );
  CREATE TABLE evals.departures (
    model text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    requests integer NOT NULL,
    tokens double precision NOT NULL,
    PRIMARY KEY (model, id)
  );
  `,
  // How many workers died while they worked on the block, since its plan was last opened.
  "ALTER TABLE evals.blocks ADD COLUMN lost integer NOT NULL DEFAULT 0",
  // The process that plans the run. When another process has resumed the run, the first process must not hand out
  // trials again.
  "ALTER TABLE evals.plans ADD COLUMN planner text",
  // jsonb sorts the keys of objects. After `evals pull`, a run would list its metrics in another order than on the
  // machine that planned it.
  "ALTER TABLE evals.plans ALTER COLUMN report TYPE json USING report::json",
];

/** Number of migrations that this program knows. */
export const FLEET_SCHEMA = STEPS.length;

/**
 * Creates the tables or migrates them, in one process at a time.
 *
 * @throws {EvalsError} EVALS_POSTGRES_SCHEMA when the tables are from a newer program, or cannot be created
 */
export async function ensureSchema(postgres: Postgres): Promise<void> {
  const found = await versionOf(postgres);
  if (found === FLEET_SCHEMA) return;
  if (found > FLEET_SCHEMA) throw new EvalsError(schemaProblem(found, FLEET_SCHEMA));
  try {
    await alone(postgres, async (sql) => {
      const now = await versionOf(sql);
      if (now >= FLEET_SCHEMA) return;
      if (now === 0) {
        await sql.query("CREATE SCHEMA IF NOT EXISTS evals");
        await sql.query("CREATE TABLE IF NOT EXISTS evals.schema_version (version integer NOT NULL)");
        await sql.query("INSERT INTO evals.schema_version VALUES (0)");
      }
      for (const step of STEPS.slice(now)) await sql.query(step);
      await sql.query("UPDATE evals.schema_version SET version = $1", [FLEET_SCHEMA]);
    });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== "42501") throw error;
    throw new EvalsError(found === 0 ? noSchema(message) : schemaProblem(found, FLEET_SCHEMA));
  }
}

/** Schema version of the database; 0 when it has no tables. */
async function versionOf(sql: Sql): Promise<number> {
  if (!(await hasTable(sql, "evals.schema_version"))) return 0;
  const { rows: versions } = await sql.query("SELECT version FROM evals.schema_version");
  return Number(versions[0]?.version ?? 0);
}
