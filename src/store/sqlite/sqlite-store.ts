import { existsSync } from "node:fs";
import { join } from "node:path";
import { onDemand } from "../../domain/on-demand.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { ProcessMark } from "../../processes/process-mark.ts";
import { HISTORY_FILE } from "../history-file.ts";
import type { CaseBodies, NewRunCase, RunWriter, Store, StoredRun } from "../store.ts";
import type { TrafficStore } from "../traffic.ts";
import { batchTable } from "./batches.ts";
import { storeCare } from "./care.ts";
import type { Database } from "./database.ts";
import { departureLog } from "./departures.ts";
import { makeHistoryFolder } from "./history-folder.ts";
import { judgementTable } from "./judgements.ts";
import { migrate } from "./migrate.ts";
import { openDatabase, type SqliteLibrary } from "./open-database.ts";
import { pagedReads } from "./paged-reads.ts";
import { readers } from "./reader.ts";
import { insertCases } from "./run-cases.ts";
import { runOwners } from "./run-owners.ts";
import { type OpenRunWriter, openRunWriter } from "./run-writer.ts";
import { translated } from "./sqlite-errors.ts";
import { takeOverEarlier } from "./take-over-earlier.ts";
import { keepDurable } from "./wal-sync.ts";

/**
 * @param self the process that is marked as the one at work on the runs which this store writes
 * @param libraries ways to SQLite in the order in which they are tried; default all
 */
export async function openSqliteStore(
  root: string,
  now: () => number,
  self: ProcessMark,
  libraries?: readonly SqliteLibrary[],
): Promise<Store> {
  const path = join(root, HISTORY_FILE);
  try {
    makeHistoryFolder(root);
    if (!existsSync(path)) await takeOverEarlier(root, path, libraries);
    const db = await openDatabase(path, libraries);
    try {
      prepare(db);
    } catch (error) {
      db.close();
      throw error;
    }
    return sqliteStore(db, path, now, self);
  } catch (error) {
    throw translated(error);
  }
}

function prepare(db: Database): void {
  db.pragma("journal_mode = WAL");
  // With WAL and NORMAL a commit survives the death of the process; `keepDurable` bounds what a power cut can take.
  db.pragma("synchronous = NORMAL");
  db.pragma("cache_size = -16000");
  // A checkpoint copies pages twice and waits for the disk; one every 32 MB keeps it out of the way.
  db.pragma("wal_autocheckpoint = 8000");
  db.pragma("temp_store = MEMORY");
  migrate(db);
}

function sqliteStore(db: Database, path: string, now: () => number, self: ProcessMark): Store {
  const read = readers(db);
  const { flush: keepJudgements, ...judgements } = judgementTable(db, now);
  const batches = batchTable(db, now);
  const owners = runOwners(db, self, path);
  const writers: OpenRunWriter[] = [];
  const openWriter = (no: number): RunWriter => {
    const writer = openRunWriter(db, no, now);
    writers.push(writer);
    return {
      ...writer,
      end: (...last) => {
        writer.end(...last);
        owners.forget(no);
      },
    };
  };
  const stopSync = keepDurable(`${path}-wal`);
  const guarded = <A extends unknown[], R>(work: (...args: A) => R) => {
    return (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        throw translated(error);
      }
    };
  };
  return {
    ...read,
    ...judgements,
    read: pagedReads(db, { ...read, ...judgements }),
    care: storeCare(db, path),
    traffic: lateTraffic(db, now),
    departures: { depart: guarded(departureLog(db, now).depart) },
    batches: {
      ...batches,
      plan: guarded(batches.plan),
      asked: guarded(batches.asked),
      sent: guarded(batches.sent),
      read: guarded(batches.read),
    },
    discardJudgements: guarded(judgements.discardJudgements),
    create: guarded((header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): RunWriter => {
      const no = db
        .transaction(() => createRun(db, { header, owner: owners.column }, cases, bodies))
        .immediate();
      owners.hold(no);
      return openWriter(no);
    }),
    claim: guarded((run: StoredRun): StoredRun => {
      owners.claim(run.no);
      return read.runsByPrefix(run.header.id).find(({ no }) => no === run.no) ?? run;
    }),
    resume: guarded((run: StoredRun): RunWriter => {
      owners.claim(run.no);
      db.prepare("UPDATE runs SET status = 'running' WHERE no = ?").run(run.no);
      return openWriter(run.no);
    }),
    close: () => {
      stopSync();
      for (const last of [...writers.map((one) => one.keep), keepJudgements, owners.releaseAll])
        attempt(last);
      db.close();
    },
  };
}

/** Nearly every start opens the store, and few have to do with traffic. */
function lateTraffic(db: Database, now: () => number): TrafficStore {
  const table = onDemand(async () => (await import("./traffic.ts")).trafficTable(db, now));
  const late = (name: keyof TrafficStore) => {
    return async (...of: unknown[]) => ((await table())[name] as (...of: unknown[]) => unknown)(...of);
  };
  return Object.fromEntries(TRAFFIC_CALLS.map((name) => [name, late(name)])) as unknown as TrafficStore;
}

const TRAFFIC_CALLS = [
  ...(["salt", "record", "rows", "traces", "trace"] as const),
  ...(["idsByPrefix", "count", "recordScores", "scores"] as const),
] satisfies readonly (keyof TrafficStore)[];

/** The last that can be tried: where the disk is full, it was told already. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {}
}

function createRun(
  db: Database,
  { header, owner }: { readonly header: RunHeader; readonly owner: string },
  cases: Iterable<NewRunCase>,
  bodies: CaseBodies,
): number {
  const { lastInsertRowid } = db
    .prepare(
      "INSERT INTO runs (id, suite, plan, status, owner, started_at, header) VALUES (?, ?, ?, 'running', ?, ?, ?)",
    )
    .run(header.id, header.suite, header.plan, owner, header.started_at, JSON.stringify(header));
  const no = Number(lastInsertRowid);
  insertCases(db, no, cases, bodies);
  return no;
}
