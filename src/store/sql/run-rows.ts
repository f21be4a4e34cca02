import type { Json } from "../../domain/json.ts";
import { isUnfinished, type RunHeader, type RunStatus } from "../../domain/run.ts";
import type { ListedRun, RunState } from "../reads.ts";
import { workNow } from "../run-process.ts";
import type { RunFilter, StoredRun } from "../store.ts";
import type { Database } from "./database.ts";
import { ownerOf } from "./run-owners.ts";

interface ListedRow {
  readonly no: number;
  readonly status: RunStatus;
  readonly owner: string | null;
  readonly calls: number;
  readonly judge_calls: number;
  readonly ended_at: string | null;
  readonly header: string;
}

interface RunRow extends ListedRow {
  readonly report: string | null;
}

const LISTED_COLUMNS = "no, status, owner, calls, judge_calls, ended_at, header";
const RUN_COLUMNS = `${LISTED_COLUMNS}, report`;

function toListed(db: Database, row: ListedRow): ListedRun {
  return { no: row.no, header: JSON.parse(row.header) as RunHeader, ...toState(db, row) };
}

function toState(db: Database, row: Omit<ListedRow, "no" | "header">): RunState {
  const work = workNow({ status: row.status, owner: ownerOf(row.owner) }, db.lives);
  // While a run is not finished, its stored end is that of an earlier session.
  const ended_at = isUnfinished(work.status) ? null : row.ended_at;
  return { ...work, calls: row.calls, judge_calls: row.judge_calls, ended_at };
}

function toRun(db: Database, row: RunRow): StoredRun {
  const listed = toListed(db, row);
  // While a run is not finished, its stored report is that of an earlier session and does not describe the current
  // trials.
  const report = row.report === null || isUnfinished(listed.status) ? null : (JSON.parse(row.report) as Json);
  return { ...listed, report };
}

/** The runs that match a filter, newest first. */
export function listRuns(db: Database, { limit, ...filter }: RunFilter): StoredRun[] {
  return matchingRuns(db, { filter, columns: RUN_COLUMNS, toItem: toRun, before: null, limit });
}

/** Like `listRuns` without the reports: at most `limit` runs with a lower number than `before`. */
export function listedRuns(
  db: Database,
  filter: Omit<RunFilter, "limit">,
  before: number | null,
  limit: number,
): ListedRun[] {
  return matchingRuns(db, { filter, columns: LISTED_COLUMNS, toItem: toListed, before, limit });
}

/** The runs whose id starts with the prefix, newest first, at most 20. */
export function runsByPrefix(db: Database, prefix: string): StoredRun[] {
  return db
    .prepare<[string, string], RunRow>(
      `SELECT ${RUN_COLUMNS} FROM runs WHERE id >= ? AND id < ? ORDER BY no DESC LIMIT 20`,
    )
    .all(prefix, `${prefix}\u{10FFFF}`)
    .map((row) => toRun(db, row));
}

export function runOf(db: Database, runNo: number): StoredRun | undefined {
  const row = db.prepare<[number], RunRow>(`SELECT ${RUN_COLUMNS} FROM runs WHERE no = ?`).get(runNo);
  return row && toRun(db, row);
}

/** The current state of a run. @throws {RangeError} when no run has this number */
export function stateOf(db: Database, runNo: number): RunState {
  const row = db
    .prepare<[number], Omit<ListedRow, "no" | "header">>(
      "SELECT status, owner, calls, judge_calls, ended_at FROM runs WHERE no = ?",
    )
    .get(runNo);
  if (row === undefined) throw new RangeError(`no run ${runNo}`);
  return toState(db, row);
}

interface RunsWanted<Row, Item> {
  readonly filter: Omit<RunFilter, "limit">;
  readonly columns: string;
  readonly toItem: (db: Database, row: Row) => Item;
  readonly before: number | null;
  readonly limit: number | undefined;
}

function matchingRuns<Row extends ListedRow, Item extends ListedRun>(
  db: Database,
  { filter, columns, toItem, before, limit = Number.POSITIVE_INFINITY }: RunsWanted<Row, Item>,
): Item[] {
  const { where, values } = conditions(filter, before);
  const rows = db
    .prepare<(string | number | null)[], Row>(
      `SELECT ${columns} FROM runs WHERE ${where.join(" AND ")} ORDER BY no DESC`,
    )
    .iterate(...values);
  const runs: Item[] = [];
  for (const row of rows) {
    if (runs.length >= limit) break;
    const run = toItem(db, row);
    if (filter.status === undefined || filter.status.includes(run.status)) runs.push(run);
  }
  return runs;
}

function conditions(
  filter: Omit<RunFilter, "limit">,
  before: number | null,
): { readonly where: readonly string[]; readonly values: readonly (string | number | null)[] } {
  const where = [
    "json_extract(header, '$.canary_of') IS NOT DISTINCT FROM ?",
    "json_extract(header, '$.pressure_of') IS NOT DISTINCT FROM ?",
  ];
  const values: (string | number | null)[] = [filter.canary_of ?? null, filter.pressure_of ?? null];
  const hold = (condition: string, ...given: readonly (string | number)[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (before !== null) hold("no < ?", before);
  if (filter.suite !== undefined) hold("suite = ?", filter.suite);
  if (filter.plan !== undefined) hold("plan = ?", filter.plan);
  if (filter.status !== undefined) {
    // In the database both interrupted and running runs have the status `running`. They are distinguished by whether
    // the process still lives.
    const written = [...new Set(filter.status.map((one) => (one === "interrupted" ? "running" : one)))];
    hold(`status IN (${written.map(() => "?").join(", ")})`, ...written);
  }
  return { where, values };
}
