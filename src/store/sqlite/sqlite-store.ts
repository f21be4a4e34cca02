import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Database as Db } from "better-sqlite3";
import Database from "better-sqlite3";
import type { RunHeader } from "../../domain/run.ts";
import type { CaseBodies, NewRunCase, RunWriter, Store, StoredRun } from "../store.ts";
import { judgementTable } from "./judgements.ts";
import { migrate } from "./migrate.ts";
import { readers } from "./reader.ts";
import { insertCases } from "./run-cases.ts";
import { openRunWriter } from "./run-writer.ts";
import { RELATIVE_PATH, translated } from "./sqlite-errors.ts";
import { keepDurable } from "./wal-sync.ts";

export function openSqliteStore(root: string, now: () => number): Store {
  const path = join(root, RELATIVE_PATH);
  try {
    mkdirSync(join(root, ".evals"), { recursive: true });
    const db = new Database(path, { timeout: 30_000 });
    prepare(db);
    return sqliteStore(db, path, now);
  } catch (error) {
    throw translated(error);
  }
}

function prepare(db: Db): void {
  db.pragma("journal_mode = WAL");
  // With WAL and NORMAL a commit survives the death of the process; `keepDurable` bounds what a power cut can take.
  db.pragma("synchronous = NORMAL");
  db.pragma("cache_size = -16000");
  // A checkpoint copies pages twice and waits for the disk; one every 32 MB keeps it out of the way.
  db.pragma("wal_autocheckpoint = 8000");
  db.pragma("temp_store = MEMORY");
  migrate(db);
}

function sqliteStore(db: Db, path: string, now: () => number): Store {
  const read = readers(db);
  const judgements = judgementTable(db, now);
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
    discardJudgements: guarded(judgements.discardJudgements),
    create: guarded((header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): RunWriter => {
      const no = db.transaction(() => createRun(db, header, cases, bodies)).immediate();
      return openRunWriter(db, no, now);
    }),
    resume: guarded((run: StoredRun): RunWriter => {
      db.prepare("UPDATE runs SET status = 'running' WHERE no = ?").run(run.no);
      return openRunWriter(db, run.no, now);
    }),
    close: () => {
      stopSync();
      db.close();
    },
  };
}

function createRun(db: Db, header: RunHeader, cases: Iterable<NewRunCase>, bodies: CaseBodies): number {
  const { lastInsertRowid } = db
    .prepare(
      "INSERT INTO runs (id, suite, plan, status, started_at, header) VALUES (?, ?, ?, 'running', ?, ?)",
    )
    .run(header.id, header.suite, header.plan, header.started_at, JSON.stringify(header));
  const no = Number(lastInsertRowid);
  insertCases(db, no, cases, bodies);
  return no;
}
