import type { Database } from "better-sqlite3";
import type { Json } from "../../domain/json.ts";
import type { Message, ToolCall } from "../../domain/message.ts";
import type { ErrorKind } from "../../domain/outcome.ts";
import type { RunHeader, RunStatus, StoredCase, StoredTrial } from "../../domain/run.ts";
import type { CachedAnswer, RunFilter, Store, StoredRun, TrialRow } from "../store.ts";

interface RunRow {
  readonly no: number;
  readonly status: RunStatus;
  readonly calls: number;
  readonly ended_at: string | null;
  readonly header: string;
  readonly report: string | null;
}

interface AnswerRow {
  readonly answer_id: number;
  readonly output: string;
  readonly messages: string | null;
  readonly tool_calls: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly refusal: string | null;
  readonly raw: string | null;
  readonly at: number;
}

const RUN_COLUMNS = "no, status, calls, ended_at, header, report";
const ANSWER_COLUMNS =
  "a.id AS answer_id, a.output, a.messages, a.tool_calls, a.input_tokens, a.output_tokens, a.latency_ms, a.cost_usd, a.model, a.finish_reason, a.refusal, a.raw, a.at";

const parsed = (text: string | null): Json => (text === null ? null : (JSON.parse(text) as Json));

function toRun(row: RunRow): StoredRun {
  return {
    no: row.no,
    header: JSON.parse(row.header) as RunHeader,
    status: row.status,
    calls: row.calls,
    ended_at: row.ended_at,
    report: parsed(row.report),
  };
}

function toCached(row: AnswerRow): CachedAnswer {
  return {
    answer_id: row.answer_id,
    transcript: {
      output: row.output,
      messages: (parsed(row.messages) ?? []) as unknown as readonly Message[],
      tool_calls: (parsed(row.tool_calls) ?? []) as unknown as readonly ToolCall[],
      usage: { input_tokens: row.input_tokens, output_tokens: row.output_tokens },
      latency_ms: row.latency_ms,
      cost_usd: row.cost_usd,
      model: row.model,
      finish_reason: row.finish_reason,
      refusal: row.refusal,
    },
  };
}

/** What is read by a hash: statements are kept per database, since they run once a trial. */
const cachedStatements = new WeakMap<Database, (hash: string, trial: number) => CachedAnswer | undefined>();

export function readCached(db: Database, requestHash: string, trial: number): CachedAnswer | undefined {
  let lookup = cachedStatements.get(db);
  if (lookup === undefined) {
    lookup = cacheLookup(db);
    cachedStatements.set(db, lookup);
  }
  return lookup(requestHash, trial);
}

function cacheLookup(db: Database): (hash: string, trial: number) => CachedAnswer | undefined {
  const requestId = db.prepare<[Buffer], number>("SELECT id FROM requests WHERE hash = ?").pluck();
  const answer = db.prepare<[number, number], AnswerRow>(
    `SELECT ${ANSWER_COLUMNS} FROM answers a WHERE request_id = ? AND trial = ? ORDER BY id DESC LIMIT 1`,
  );
  // Trials of one case come one after another: its request is looked up once.
  const last = { hash: "", id: undefined as number | undefined };
  return (hash, trial) => {
    if (last.hash !== hash) {
      last.id = requestId.get(Buffer.from(hash, "hex"));
      last.hash = hash;
    }
    const row = last.id === undefined ? undefined : answer.get(last.id, trial);
    return row && toCached(row);
  };
}

export function readers(db: Database): Omit<Store, "create" | "resume" | "cached" | "close"> {
  return {
    runs: (filter) => listRuns(db, filter),
    runsByPrefix: (prefix) =>
      db
        .prepare<[string, string], RunRow>(
          `SELECT ${RUN_COLUMNS} FROM runs WHERE id >= ? AND id < ? ORDER BY no DESC LIMIT 20`,
        )
        .all(prefix, `${prefix}\u{10FFFF}`)
        .map(toRun),
    cases: (runNo) => listCases(db, runNo),
    scan: (runNo) => scan(db, runNo),
    trials: (runNo, caseNo) => trialsOf(db, runNo, caseNo),
    content: (runNo, caseNo) => {
      const body = db
        .prepare<[number, number], string>(
          "SELECT body FROM run_cases JOIN contents ON contents.id = content_id WHERE run_no = ? AND case_no = ?",
        )
        .pluck()
        .get(runNo, caseNo);
      return body === undefined ? null : (JSON.parse(body) as { input: Json; expected?: Json });
    },
    request: (runNo, caseNo) =>
      parsed(
        db
          .prepare<[number, number], string>(
            "SELECT body FROM run_cases JOIN requests ON requests.id = request_id WHERE run_no = ? AND case_no = ?",
          )
          .pluck()
          .get(runNo, caseNo) ?? null,
      ),
    transcript: (runNo, caseNo, trial) => {
      const row = db
        .prepare<[number, number, number], AnswerRow>(
          `SELECT ${ANSWER_COLUMNS} FROM trials t JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND t.case_no = ? AND t.trial = ?`,
        )
        .get(runNo, caseNo, trial);
      return row && toCached(row);
    },
  };
}

function listRuns(db: Database, filter: RunFilter): StoredRun[] {
  const where: string[] = [];
  const values: (string | number)[] = [];
  if (filter.suite !== undefined) {
    where.push("suite = ?");
    values.push(filter.suite);
  }
  if (filter.plan !== undefined) {
    where.push("plan = ?");
    values.push(filter.plan);
  }
  if (filter.status !== undefined) {
    where.push(`status IN (${filter.status.map(() => "?").join(", ")})`);
    values.push(...filter.status);
  }
  const condition = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
  const rows = db
    .prepare<(string | number)[], RunRow>(
      `SELECT ${RUN_COLUMNS} FROM runs ${condition} ORDER BY no DESC LIMIT ?`,
    )
    .all(...values, filter.limit ?? -1);
  return rows.map(toRun);
}

function listCases(db: Database, runNo: number): StoredCase[] {
  const rows = db
    .prepare<[number], [number, string, Buffer, Buffer, string, number, Buffer]>(
      "SELECT case_no, case_id, contents.hash, key, tags, planned, request_hash FROM run_cases JOIN contents ON contents.id = content_id WHERE run_no = ? ORDER BY case_no",
    )
    .raw()
    .all(runNo);
  return rows.map(([case_no, id, content, key, tags, planned, request]) => ({
    case_no,
    id,
    content_hash: content.toString("hex"),
    request_hash: request.toString("hex"),
    key: key.toString("hex"),
    tags: tags === "[]" ? [] : (JSON.parse(tags) as string[]),
    planned,
  }));
}

type ScanRow = [
  case_no: number,
  trial: number,
  error: ErrorKind | null,
  cached: number,
  pass: number | null,
  scores: string | null,
  latency: number | null,
  cost: number | null,
  input: number | null,
  output: number | null,
  refused: number | null,
  calls: number | null,
];

function* scan(db: Database, runNo: number): IterableIterator<TrialRow> {
  const rows = db
    .prepare<[number], ScanRow>(
      "SELECT t.case_no, t.trial, t.error, t.cached, t.pass, t.scores, a.latency_ms, a.cost_usd, a.input_tokens, a.output_tokens, a.refusal IS NOT NULL, a.tool_call_count FROM trials t LEFT JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? ORDER BY t.case_no, t.trial",
    )
    .raw()
    .iterate(runNo);
  for (const row of rows) {
    yield {
      case_no: row[0],
      trial: row[1],
      kind: row[2] === null ? "answered" : "errored",
      error: row[2],
      cached: row[3] === 1,
      pass: row[4] === null ? null : row[4] === 1,
      scores: scorePairs(row[5]),
      latency_ms: row[6],
      cost_usd: row[7],
      input_tokens: row[8],
      output_tokens: row[9],
      refused: row[10] === 1,
      tool_calls: row[11] ?? 0,
    };
  }
}

function scorePairs(text: string | null): readonly ([number, boolean] | null)[] {
  if (text === null) return [];
  const stored = JSON.parse(text) as ([number, number, string] | null)[];
  return stored.map((one) => (one === null ? null : [one[0], one[1] === 1]));
}

function trialsOf(db: Database, runNo: number, caseNo: number): StoredTrial[] {
  type Row = AnswerRow & {
    case_id: string;
    trial: number;
    error: ErrorKind | null;
    message: string | null;
    cached: number;
    pass: number | null;
    scores: string | null;
  };
  const rows = db
    .prepare<[number, number], Row>(
      `SELECT c.case_id, t.trial, t.error, t.message, t.cached, t.pass, t.scores, ${ANSWER_COLUMNS} FROM trials t JOIN run_cases c ON c.run_no = t.run_no AND c.case_no = t.case_no LEFT JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND t.case_no = ? ORDER BY t.trial`,
    )
    .all(runNo, caseNo);
  return rows.map((row) => ({
    case_id: row.case_id,
    trial: row.trial,
    kind: row.error === null ? "answered" : "errored",
    error: row.error,
    message: row.message,
    cached: row.cached === 1,
    pass: row.pass === null ? null : row.pass === 1,
    scores: storedScores(row.scores),
    answer:
      row.answer_id === null
        ? null
        : {
            ...toCached(row).transcript,
            ...toCached(row).transcript.usage,
            messages: parsed(row.messages),
            tool_calls: parsed(row.tool_calls),
            raw: row.raw,
            at: new Date(row.at).toISOString(),
          },
  }));
}

function storedScores(text: string | null): StoredTrial["scores"] {
  if (text === null) return [];
  const stored = JSON.parse(text) as ([number, number, string] | null)[];
  return stored.map((one) => (one === null ? null : { score: one[0], pass: one[1] === 1, reason: one[2] }));
}
