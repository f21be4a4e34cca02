import { itemAt } from "../../domain/item-at.ts";
import type { Json } from "../../domain/json.ts";
import type { JudgeSpending, NewJudgement, Store, StoredJudgement } from "../store.ts";
import type { Database } from "./database.ts";
import { lostSpending, spentTogether, TOKENS_KNOWN } from "./spending.ts";
import { readUsage, USAGE_PLACES, type UsageColumns, usageColumns, usageValues } from "./usage-columns.ts";

interface JudgementRow extends UsageColumns {
  readonly id: number;
  readonly asked: string;
  readonly draw: number;
  readonly judge: string;
  readonly case_id: string;
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
  readonly model: string | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly at: number;
}

const COLUMNS = `j.id, lower(hex(j.asked)) AS asked, j.draw, lower(hex(j.judge)) AS judge, j.case_id, j.output, j.refusal, j.finish_reason, j.model, j.latency_ms, j.cost_usd, j.at, ${usageColumns("j")}`;

function toJudgement(row: JudgementRow): StoredJudgement {
  const usage = readUsage(row);
  return {
    id: row.id,
    asked: row.asked,
    draw: row.draw,
    judge: row.judge,
    case_id: row.case_id,
    output: row.output,
    refusal: row.refusal,
    finish_reason: row.finish_reason,
    model: row.model,
    usage,
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    latency_ms: row.latency_ms,
    cost_usd: row.cost_usd,
    at: new Date(row.at).toISOString(),
  };
}

type Judgements = Pick<
  Store,
  | "recordJudgement"
  | "judgement"
  | "judgementRequest"
  | "judgements"
  | "judgementsOfCase"
  | "untoldJudgements"
  | "discardJudgements"
  | "newestJudgement"
  | "judgeSpending"
>;

/** The table of judge replies. Statements are prepared when first needed, because most runs have no judge. */
export function judgementTable(
  db: Database,
  now: () => number,
): Judgements & {
  /** Commits the queue, and the replies that could not be written before. */
  keep(): void;
} {
  let made: Statements | undefined;
  const use = (): Statements => {
    made ??= statements(db);
    return made;
  };
  // Replies that arrive together are written in one transaction, because a commit costs more than an insert. A
  // reply is used only after it is stored.
  let queue: Queued[] = [];
  const unwritten: (readonly Queued[])[] = [];
  const commit = db.transaction((batch: readonly Queued[]) =>
    batch.map(({ one }) => insert(use(), one, now())),
  );
  const flush = (): void => {
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    try {
      const ids = commit.immediate(batch);
      for (const [index, { resolve }] of batch.entries()) resolve(itemAt(ids, index));
    } catch (error) {
      unwritten.push(batch);
      for (const { reject } of batch) reject(db.mistake(error));
    }
  };
  return {
    keep: () => {
      for (const batch of unwritten.splice(0)) commit.immediate(batch);
      flush();
    },
    recordJudgement: (one) =>
      new Promise<number>((resolve, reject) => {
        queue.push({ one, resolve, reject });
        if (queue.length === 1) setImmediate(flush);
      }),
    judgement: (asked, draw, { since = 0, discarded_after = Number.MAX_SAFE_INTEGER } = {}) => {
      const row = use().find.get(Buffer.from(asked, "hex"), draw, since, discarded_after);
      return row && toJudgement(row);
    },
    judgements: (ids) =>
      ids.flatMap((id) => {
        const row = use().byId.get(id);
        return row === undefined ? [] : [toJudgement(row)];
      }),
    discardJudgements: (ids) => {
      for (const id of ids) use().discard.run(id);
    },
    newestJudgement: () => use().newest.get() ?? 0,
    judgementsOfCase: (runNo, caseId) => use().ofCase.all(runNo, caseId).map(toJudgement),
    untoldJudgements: (runNo) => use().untold.all(runNo).map(toJudgement),
    judgementRequest: (id) => {
      const body = use().request.get(id);
      return body === undefined ? null : (JSON.parse(body) as Json);
    },
    judgeSpending: (runNo) => {
      const answered = use().spending.get(runNo) as JudgeSpending;
      return { ...answered, ...spentTogether(answered, lostSpending(db, runNo, "judges")) };
    },
  };
}

interface Queued {
  readonly one: NewJudgement;
  readonly resolve: (id: number) => void;
  readonly reject: (error: unknown) => void;
}

type Statements = ReturnType<typeof statements>;

function statements(db: Database) {
  return {
    requestId: db.prepare<[Buffer], number>("SELECT id FROM requests WHERE hash = ?").pluck(),
    newRequest: db.insertion<[Buffer, string]>("INSERT INTO requests (hash, body) VALUES (?, ?)", "id"),
    insert: db.insertion(
      `INSERT INTO judgements (asked, draw, judge, run_no, case_id, request_id, output, refusal, finish_reason, model, latency_ms, cost_usd, raw, at, ${usageColumns()}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${USAGE_PLACES})`,
      "id",
    ),
    find: db.prepare<[Buffer, number, number, number], JudgementRow>(
      `SELECT ${COLUMNS} FROM judgements j WHERE j.asked = ? AND draw = ? AND at >= ? AND (unusable = 0 OR id > ?) ORDER BY id DESC LIMIT 1`,
    ),
    byId: db.prepare<[number], JudgementRow>(`SELECT ${COLUMNS} FROM judgements j WHERE id = ?`),
    discard: db.prepare<[number]>("UPDATE judgements SET unusable = 1 WHERE id = ?"),
    newest: db.prepare<[], number | null>("SELECT MAX(id) FROM judgements").pluck(),
    ofCase: db.prepare<[number, string], JudgementRow>(
      `SELECT ${COLUMNS} FROM judgements j WHERE run_no = ? AND case_id = ? ORDER BY id`,
    ),
    untold: db.prepare<[number], JudgementRow>(
      `SELECT ${COLUMNS} FROM judgements j WHERE run_no = ? AND (cost_usd IS NULL OR input_tokens IS NULL OR output_tokens IS NULL) ORDER BY id`,
    ),
    request: db
      .prepare<[number], string>(
        "SELECT body FROM judgements JOIN requests ON requests.id = request_id WHERE judgements.id = ?",
      )
      .pluck(),
    spending: db.prepare<[number], JudgeSpending>(
      `SELECT COUNT(*) AS replies, TOTAL(cost_usd) AS usd, COUNT(*) - COUNT(cost_usd) AS unpriced, ${TOKENS_KNOWN}, MAX(cost_usd) AS dearest_usd, MAX(output_tokens) AS longest_output FROM judgements WHERE run_no = ?`,
    ),
  };
}

function insert(use: Statements, one: NewJudgement, at: number): number {
  const { transcript: answer } = one;
  const hash = Buffer.from(one.request.hash, "hex");
  const request = use.requestId.get(hash) ?? use.newRequest(hash, one.request.body());
  return use.insert(
    Buffer.from(one.asked, "hex"),
    one.draw,
    Buffer.from(one.judge, "hex"),
    one.run_no,
    one.case_id,
    request,
    answer.output,
    answer.refusal,
    answer.finish_reason,
    answer.model,
    answer.latency_ms,
    answer.cost_usd,
    one.raw,
    at,
    ...usageValues(answer.usage),
  );
}
