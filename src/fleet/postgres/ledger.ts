import { inBatches } from "../batches.ts";
import type { CallBook, Leave } from "../database.ts";
import type { ClosedCall, OpenedCall } from "../fleet.ts";
import type { Postgres, Sql } from "./connect.ts";

const OPENING = { size: 500, at_once: 1 };
/**
 * Limits of the batches that store answers. Several run at once, because an answer counts as uncertain until it is
 * stored.
 */
const CLOSING = { size: 500, at_once: 3 };
/** How long a call waits for room in the budget before it asks again, in milliseconds. */
const BUDGET_WAIT_MS = 100;

/** Records every call that may cost something. @param signal aborts when nothing more may be sent */
export function callBook(postgres: Postgres, signal: AbortSignal): CallBook {
  const open = inBatches<OpenedCall, Leave | "wait">(async (calls) => {
    const gone = await postgres.patiently(() => write(postgres, calls), signal);
    return calls.map(({ id }) => gone.get(id) ?? "lost");
  }, OPENING);
  const close = inBatches<ClosedCall, void>(async (calls) => {
    await postgres.patiently(() => settle(postgres, calls));
    return calls.map(() => undefined);
  }, CLOSING);
  return {
    opened: async (call) => {
      for (;;) {
        const leave = await open(call);
        if (leave !== "wait") return leave;
        if (signal.aborted) return "lost";
        await new Promise((resolve) => setTimeout(resolve, BUDGET_WAIT_MS));
      }
    },
    closed: close,
    answered: async (plan, key) => {
      const { rows } = await postgres.patiently(
        () =>
          postgres.query(
            "SELECT id, reply FROM evals.calls WHERE plan = $1 AND key = $2 AND judge IS NOT NULL AND state = 'answered' AND reply IS NOT NULL ORDER BY id LIMIT 1",
            [plan, key],
          ),
        signal,
      );
      return rows[0] === undefined ? undefined : { id: String(rows[0].id), reply: rows[0].reply };
    },
  };
}

type Written = ReadonlyMap<string, Leave | "wait">;

async function write(postgres: Postgres, calls: readonly OpenedCall[]): Promise<Written> {
  const free = calls.filter(({ bounded }) => !bounded);
  const plans = new Set(calls.filter(({ bounded }) => bounded).map(({ plan }) => plan));
  const written = new Map<string, Leave | "wait">();
  if (free.length > 0) for (const id of await insert(postgres, free)) written.set(id, "go");
  for (const plan of plans) {
    const mine = calls.filter((one) => one.plan === plan);
    for (const [id, leave] of await postgres.transaction((sql) => withinBudget(sql, plan, mine)))
      written.set(id, leave);
  }
  return written;
}

/**
 * Records as many calls of a plan as its budget has room for. Any other call waits while calls are in flight, because
 * these may cost less than was reserved; without calls in flight, it gets `budget`.
 */
async function withinBudget(sql: Sql, plan: string, calls: readonly OpenedCall[]): Promise<Written> {
  const { rows: plans } = await sql.query(
    "SELECT budget_usd, budget_tokens, paid_usd, paid_tokens FROM evals.plans WHERE no = $1 FOR UPDATE",
    [plan],
  );
  const { rows: there } = await sql.query(
    "SELECT id FROM evals.calls WHERE plan = $1 AND id = ANY ($2::bigint[])",
    [plan, calls.map(({ id }) => id)],
  );
  const again = new Set(there.map(({ id }) => String(id)));
  const { rows } = await sql.query(
    `SELECT coalesce(sum(${USD}), 0) AS usd, coalesce(sum(${TOKENS}), 0) AS tokens,
       count(*) FILTER (WHERE state = 'open')::int AS open,
       count(*) FILTER (WHERE state = 'open' AND (($2 AND most_usd IS NULL) OR ($3 AND most_tokens IS NULL)))::int AS unbounded
     FROM evals.calls WHERE plan = $1 AND block IN (SELECT no FROM evals.blocks WHERE plan = $1 AND state = 'leased')`,
    [plan, plans[0].budget_usd !== null, plans[0].budget_tokens !== null],
  );
  const usd = leftIn(plans[0].budget_usd, plans[0].paid_usd + rows[0].usd);
  const tokens = leftIn(plans[0].budget_tokens, plans[0].paid_tokens + rows[0].tokens);
  let open = Number(rows[0].open);
  let unbounded = Number(rows[0].unbounded) > 0;
  const going: OpenedCall[] = [];
  const answers = new Map<string, Leave | "wait">();
  for (const call of calls) {
    // A call whose maximum cost is unknown is sent alone, so that its cost is known before the next call is sent.
    const isBounded =
      !(usd.isHeld && call.most_usd === null) && !(tokens.isHeld && call.most_tokens === null);
    const fits =
      usd.holds(call.most_usd ?? 0) &&
      tokens.holds(call.most_tokens ?? 0) &&
      !unbounded &&
      (isBounded || open === 0);
    if (again.has(call.id)) answers.set(call.id, "go");
    else if (!fits) answers.set(call.id, open > 0 ? "wait" : "budget");
    else {
      usd.take(call.most_usd ?? 0);
      tokens.take(call.most_tokens ?? 0);
      unbounded ||= !isBounded;
      open++;
      going.push(call);
    }
  }
  for (const id of await insert(sql, going)) answers.set(id, "go");
  return answers;
}

/**
 * SQL for the amount that a call counts against the budget, in US dollars and in tokens: the call's cost if known,
 * else its maximum cost, or 0 when that is unknown too. Tokens are known when both input and output tokens are known.
 */
export const USD =
  "CASE WHEN state IN ('open', 'uncertain') OR (billed AND usd IS NULL) THEN coalesce(most_usd, 0) ELSE coalesce(usd, 0) END";
const KNOWN_TOKENS = "(usage->>'input_tokens')::float8 + (usage->>'output_tokens')::float8";
export const TOKENS = `CASE WHEN state IN ('open', 'uncertain') OR (billed AND (${KNOWN_TOKENS}) IS NULL) THEN coalesce(most_tokens, 0)
  ELSE coalesce(${KNOWN_TOKENS}, 0) END`;

/** Tolerance for rounding errors, so that ten calls of 0.1 each always fit into a budget of 1. */
const ROUNDING = 1e-12;

function leftIn(budget: number | null, counted: number) {
  let left = budget === null ? Number.POSITIVE_INFINITY : budget + ROUNDING - counted;
  return {
    isHeld: budget !== null,
    holds: (amount: number): boolean => (amount === 0 ? left > 2 * ROUNDING : amount <= left),
    take: (amount: number): void => {
      left -= amount;
    },
  };
}

/** Records the calls whose block still belongs to their worker; idempotent. @returns ids of the recorded calls */
async function insert(sql: Sql, calls: readonly OpenedCall[]): Promise<string[]> {
  if (calls.length === 0) return [];
  const { rows } = await sql.query(
    `WITH asked AS (
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[])
         AS a (plan, id, block, fence, key, judge, case_id, most_usd, most_tokens)
     ), mine AS (
       SELECT b.plan, b.no, b.fence FROM evals.blocks b
       WHERE (b.plan, b.no, b.fence) IN (SELECT DISTINCT plan, block, fence FROM asked) AND b.state = 'leased' FOR SHARE
     )
     INSERT INTO evals.calls AS c (plan, id, block, fence, key, judge, case_id, most_usd, most_tokens)
     SELECT a.* FROM asked a JOIN mine m ON m.plan = a.plan AND m.no = a.block AND m.fence = a.fence
     ON CONFLICT (plan, id) DO UPDATE SET fence = c.fence RETURNING id`,
    [
      calls.map(({ plan }) => plan),
      calls.map(({ id }) => id),
      calls.map(({ block }) => block),
      calls.map(({ fence }) => fence),
      calls.map(({ key }) => key),
      calls.map(({ judge }) => judge),
      calls.map(({ case_id }) => case_id),
      calls.map(({ most_usd }) => most_usd),
      calls.map(({ most_tokens }) => most_tokens),
    ],
  );
  return rows.map(({ id }) => String(id));
}

/** Stores the results of calls, even if another worker has their block by now. */
async function settle(sql: Sql, calls: readonly ClosedCall[]): Promise<void> {
  await sql.query(
    `UPDATE evals.calls c SET state = d.state, billed = d.billed, usage = d.usage, usd = d.usd, reply = d.reply, closed_at = now()
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::jsonb[], $6::float8[], $7::text[]) AS d (plan, id, state, billed, usage, usd, reply)
     WHERE c.plan = d.plan AND c.id = d.id AND c.state IN ('open', 'uncertain')`,
    [
      calls.map(({ plan }) => plan),
      calls.map(({ id }) => id),
      calls.map(({ state }) => state),
      calls.map(({ billed }) => billed),
      calls.map(({ usage }) => (usage === null ? null : JSON.stringify(usage))),
      calls.map(({ usd }) => usd),
      calls.map(({ reply }) => reply),
    ],
  );
}
