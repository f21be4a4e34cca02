import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Page, PageRequest } from "../../domain/pages.ts";
import type {
  TrafficCondition,
  TrafficCount,
  TrafficField,
  TrafficFilter,
  TrafficRow,
  TrafficScore,
  TrafficTrace,
} from "../../domain/traffic.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { cursorNumbers, cursorOf, pageLimit } from "../reads.ts";
import type { TrafficRecord, TrafficStore } from "../traffic.ts";
import type { Database } from "./database.ts";

/** The tables of production traces. */
export function trafficTable(db: Database, now: () => number): TrafficStore {
  const later = laterOf(db);
  return {
    salt: later(() => saltOf(db)),
    record: later((ids, next) => db.transaction(() => record(db, now(), ids, next)).immediate()),
    rows: later((filter, page) => pageOf(db, "facts", filter, page, rowOf)),
    traces: later((filter, page) => pageOf(db, "facts, transcript", filter, page, traceOf)),
    trace: later((id) => {
      const found = db
        .prepare<[string], StoredTrace>("SELECT no, at, facts, transcript FROM traffic WHERE id = ?")
        .get(id);
      return found && traceOf(found);
    }),
    idsByPrefix: later((prefix) =>
      db
        .prepare<[string, string], string>(
          "SELECT id FROM traffic WHERE id >= ? AND id < ? ORDER BY id LIMIT 20",
        )
        .pluck()
        .all(prefix, `${prefix}\u{10ffff}`),
    ),
    count: later((filter) => {
      const { sql, values } = chosen(filter);
      const found = db.prepare<unknown[], TrafficCount>(`${COUNTS} WHERE ${sql}`).get(...values);
      if (found === undefined) throw new Error("no counts");
      return found;
    }),
    recordScores: later((scores) => db.transaction(() => recordScores(db, scores)).immediate()),
    scores: later((ids) => scoresOf(db, ids)),
  };
}

/** A trace in the format of the tables. */
interface StoredTrace {
  readonly no: number;
  readonly at: number;
  readonly facts: string;
  readonly transcript: string;
}

const COUNTS = `SELECT count(*) AS traces, count(DISTINCT json_extract(facts, '$.session')) AS sessions,
  count(DISTINCT json_extract(facts, '$.user')) AS users FROM traffic`;

function laterOf(db: Database) {
  return <A extends unknown[], R>(work: (...args: A) => R): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      try {
        return work(...args);
      } catch (error) {
        throw db.mistake(error);
      }
    };
  };
}

function saltOf(db: Database): string {
  const salt = Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  db.prepare('INSERT INTO traffic_salt ("only", salt) VALUES (1, ?) ON CONFLICT DO NOTHING').run(salt);
  return db.prepare<[], string>("SELECT salt FROM traffic_salt").pluck().get() ?? "";
}

function record(
  db: Database,
  keptAt: number,
  ids: readonly string[],
  next: (id: string, source: string | null) => TrafficRecord | null,
): void {
  const known = db.prepare<[string], Uint8Array>("SELECT source FROM traffic WHERE id = ?").pluck();
  const write = db.prepare(
    `INSERT INTO traffic (id, at, kept_at, facts, transcript, source) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET at = excluded.at, facts = excluded.facts,
        transcript = excluded.transcript, source = excluded.source`,
  );
  for (const id of ids) {
    const kept = known.get(id);
    const made = next(id, kept === undefined ? null : inflateRawSync(kept).toString("utf8"));
    if (made === null) continue;
    const { transcript, ...facts } = made.trace;
    const at = facts.at === null ? 0 : Date.parse(facts.at);
    const source = deflateRawSync(made.source, { level: 1 });
    write.run(id, at, keptAt, JSON.stringify(facts), JSON.stringify(transcript), source);
  }
}

function rowOf({ facts }: Pick<StoredTrace, "facts">): TrafficRow {
  return JSON.parse(facts) as TrafficRow;
}

function traceOf({ facts, transcript }: Pick<StoredTrace, "facts" | "transcript">): TrafficTrace {
  return { ...rowOf({ facts }), transcript: JSON.parse(transcript) as Transcript };
}

function pageOf<T>(
  db: Database,
  columns: string,
  filter: TrafficFilter,
  page: PageRequest = {},
  read: (stored: StoredTrace) => T,
): Page<T> {
  const limit = pageLimit(page);
  const { sql, values } = chosen(filter);
  const [at, no] = cursorNumbers("w", page.after) ?? [];
  const behind = at === undefined ? "" : "AND (at, no) < (?, ?)";
  const found = db
    .prepare<unknown[], StoredTrace>(
      `SELECT no, at, ${columns} FROM traffic WHERE ${sql} ${behind} ORDER BY at DESC, no DESC LIMIT ?`,
    )
    .all(...values, ...(at === undefined ? [] : [at, no]), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = last === undefined || found.length <= limit ? null : cursorOf("w", last.at, last.no);
  return { items: items.map(read), next };
}

const MEMBERS: Readonly<Record<Exclude<TrafficField, "tag" | "prompt">, string>> = {
  service: "$.service",
  model: "$.model",
  arm: "$.arm",
  environment: "$.environment",
  session: "$.session",
  user: "$.user",
  convention: "$.convention",
};

/** Converts a filter to an SQL condition and its values. */
function chosen({ where = [], since, until }: TrafficFilter): { sql: string; values: unknown[] } {
  const parts = where.map(conditionOf);
  if (since !== undefined) parts.push({ sql: "at > 0 AND at >= ?", values: [since] });
  if (until !== undefined) parts.push({ sql: "at > 0 AND at < ?", values: [until] });
  return {
    sql: parts.length === 0 ? "TRUE" : parts.map((part) => part.sql).join(" AND "),
    values: parts.flatMap((part) => part.values),
  };
}

function conditionOf({ field, value, not = false }: TrafficCondition): { sql: string; values: unknown[] } {
  const negated = (sql: string): string => (not ? `NOT coalesce(${sql}, FALSE)` : `(${sql})`);
  if (field === "tag")
    return {
      sql: negated("EXISTS (SELECT 1 FROM json_each(facts, '$.tags') AS tag WHERE tag.value = ?)"),
      values: [value],
    };
  if (field !== "prompt")
    return { sql: negated(`json_extract(facts, '${MEMBERS[field]}') = ?`), values: [value] };
  const [name, version] = ["json_extract(facts, '$.prompt')", "json_extract(facts, '$.prompt_version')"];
  return { sql: negated(`? IN (${name}, ${version}, ${name} || '@' || ${version})`), values: [value] };
}

function recordScores(db: Database, scores: readonly TrafficScore[]): void {
  const write = db.prepare(
    `INSERT INTO traffic_scores (traffic_no, suite, scorer, hash, score, pass, reason)
      SELECT no, ?, ?, ?, ?, ?, ? FROM traffic WHERE id = ?
      ON CONFLICT (traffic_no, suite, scorer) DO UPDATE SET hash = excluded.hash, score = excluded.score, pass = excluded.pass,
        reason = excluded.reason`,
  );
  for (const { trace, suite, scorer, hash, score, pass, reason } of scores)
    write.run(
      suite,
      scorer,
      Buffer.from(hash, "hex"),
      score,
      pass === null ? null : Number(pass),
      reason,
      trace,
    );
}

interface ScoreRow extends Omit<TrafficScore, "hash" | "pass"> {
  readonly hash: Uint8Array;
  readonly pass: number | null;
}

function scoresOf(db: Database, ids: readonly string[]): TrafficScore[] {
  return db
    .prepare<[string], ScoreRow>(
      `SELECT traffic.id AS trace, suite, scorer, hash, score, pass, reason FROM traffic_scores
        JOIN traffic ON traffic.no = traffic_no WHERE traffic.id IN (SELECT value FROM json_each(?))
        ORDER BY traffic.id, suite, scorer`,
    )
    .all(JSON.stringify(ids))
    .map(({ hash, pass, ...row }) => ({
      ...row,
      hash: Buffer.from(hash).toString("hex"),
      pass: pass === null ? null : pass === 1,
    }));
}
