import { onFirstUse } from "../../domain/on-first-use.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { ProcessMark } from "../../processes/process-mark.ts";
import type { StoreCare } from "../care.ts";
import type { CaseBodies, NewRunCase, RunWriter, Store, StoredRun } from "../store.ts";
import type { TrafficStore } from "../traffic.ts";
import { batchTable } from "./batches.ts";
import type { Database } from "./database.ts";
import { departureLog } from "./departures.ts";
import { judgementTable } from "./judgements.ts";
import { pagedReads } from "./paged-reads.ts";
import { readers } from "./reader.ts";
import { insertCases } from "./run-cases.ts";
import { runOwners } from "./run-owners.ts";
import { type OpenRunWriter, openRunWriter } from "./run-writer.ts";

/** A store's database and the parts that differ between kinds of databases. */
export interface HistoryParts {
  readonly db: Database;
  readonly care: StoreCare;
  /** Location of the database, the same for all stores opened on it in this process. */
  readonly place: string;
  /** Returns milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** The process recorded as the owner of runs. */
  readonly self: ProcessMark;
  /** Called when the store is closed, before its last write. */
  readonly onClose?: () => void;
}

/** The store in a database; closing it closes the database. */
export function historyOf({ db, care, place, now, self, onClose }: HistoryParts): Store {
  const read = readers(db);
  const { keep: keepJudgements, ...judgements } = judgementTable(db, now);
  const batches = batchTable(db, now);
  const owners = runOwners(db, self, place);
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
  const guarded = <A extends unknown[], R>(work: (...args: A) => R) => {
    return (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        throw db.mistake(error);
      }
    };
  };
  return {
    ...read,
    ...judgements,
    read: pagedReads(db, { ...read, ...judgements }),
    care,
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
      const listed = db.replays ? [...cases] : cases;
      const owner = owners.column();
      const no = db.transaction(() => createRun(db, { header, owner }, listed, bodies)).immediate();
      owners.hold(no);
      return openWriter(no);
    }),
    claim: guarded((run: StoredRun): StoredRun => {
      owners.claim(run.no);
      return read.runsByPrefix(run.header.id).find(({ no }) => no === run.no) ?? run;
    }),
    resume: guarded((run: StoredRun): RunWriter => {
      owners.claim(run.no);
      db.prepare("UPDATE runs SET status = 'running', header = ? WHERE no = ?").run(
        JSON.stringify(run.header),
        run.no,
      );
      return openWriter(run.no);
    }),
    close: () => {
      onClose?.();
      for (const last of [...writers.map((one) => one.keep), keepJudgements, owners.releaseAll])
        attempt(last);
      db.close();
    },
  };
}

/**
 * The traffic of a store. Its code is loaded on first use: nearly every command opens the store, but few use
 * traffic.
 */
function lateTraffic(db: Database, now: () => number): TrafficStore {
  const table = onFirstUse(async () => (await import("../sql/traffic.ts")).trafficTable(db, now));
  const late = (name: keyof TrafficStore) => {
    return async (...of: unknown[]) => ((await table())[name] as (...of: unknown[]) => unknown)(...of);
  };
  return Object.fromEntries(TRAFFIC_CALLS.map((name) => [name, late(name)])) as unknown as TrafficStore;
}

const TRAFFIC_CALLS = [
  ...(["salt", "record", "rows", "traces", "trace"] as const),
  ...(["idsByPrefix", "count", "recordScores", "scores"] as const),
] satisfies readonly (keyof TrafficStore)[];

/**
 * Makes a last attempt to write. An error is ignored: an earlier write has failed for the same reason, such as a full
 * disk, and has reported it.
 */
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
  const insert = db.insertion(
    "INSERT INTO runs (id, suite, plan, status, owner, started_at, header) VALUES (?, ?, ?, 'running', ?, ?, ?)",
    "no",
  );
  const no = insert(header.id, header.suite, header.plan, owner, header.started_at, JSON.stringify(header));
  insertCases(db, no, cases, bodies);
  return no;
}
