import type { KnownSpending, LostReply, LostSpending } from "../store.ts";
import type { Database } from "./database.ts";
import { readUsage, type UsageColumns, usageColumns } from "./usage-columns.ts";

/**
 * SQL for two columns: the total tokens of the rows that have both token counts, and the number of all other rows.
 */
export const TOKENS_KNOWN =
  "CAST(TOTAL(input_tokens + output_tokens) AS BIGINT) AS tokens, COUNT(*) - COUNT(input_tokens + output_tokens) AS untold";

const LOST = `SELECT COUNT(*) AS replies, TOTAL(cost_usd) AS usd, COUNT(*) - COUNT(cost_usd) AS unpriced, ${TOKENS_KNOWN}, TOTAL(most_usd) FILTER (WHERE cost_usd IS NULL) AS most_usd, CAST(TOTAL(most_tokens) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL) AS BIGINT) AS most_tokens FROM lost_replies WHERE run_no = ? AND (judge IS NULL) = ?`;

const UNSCORED = `SELECT COUNT(*) AS replies, TOTAL(cost_usd) AS usd, COUNT(*) - COUNT(cost_usd) AS unpriced, ${TOKENS_KNOWN} FROM trials t JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND t.pass IS NULL`;

/**
 * The costs of a run that no stored answer includes, in order of time.
 *
 * @param behind id of the last request that was read; 0 for none
 */
export function lostBehind(
  db: Database,
  runNo: number,
  behind: number,
  limit: number,
): { readonly id: number; readonly reply: LostReply }[] {
  type Row = Omit<LostReply, "usage"> & UsageColumns & { readonly id: number };
  return db
    .prepare<[number, number, number], Row>(
      `SELECT id, case_id, lower(hex(judge)) AS judge, cost_usd, most_usd, most_tokens, ${usageColumns("l")} FROM lost_replies l WHERE run_no = ? AND id > ? ORDER BY id LIMIT ?`,
    )
    .all(runNo, behind, limit)
    .map((row) => ({
      id: row.id,
      reply: {
        case_id: row.case_id,
        judge: row.judge || null,
        usage: readUsage(row),
        cost_usd: row.cost_usd,
        most_usd: row.most_usd,
        most_tokens: row.most_tokens,
      },
    }));
}

/** The sum of a run's `LostReply`s. */
export function lostSpending(db: Database, runNo: number, of: "target" | "judges"): LostSpending {
  return db.prepare(LOST).get(runNo, of === "target" ? 1 : 0) as LostSpending;
}

/**
 * The cost of the target's answers that have no scores, and the target's costs that no stored answer includes
 * (`LostReply`).
 */
export function unscoredSpending(db: Database, runNo: number): KnownSpending {
  const answers = db.prepare(UNSCORED).get(runNo) as KnownSpending;
  return spentTogether(answers, lostSpending(db, runNo, "target"));
}

export function spentTogether(a: KnownSpending, b: KnownSpending): KnownSpending {
  return {
    replies: a.replies + b.replies,
    usd: a.usd + b.usd,
    unpriced: a.unpriced + b.unpriced,
    tokens: a.tokens + b.tokens,
    untold: a.untold + b.untold,
  };
}
