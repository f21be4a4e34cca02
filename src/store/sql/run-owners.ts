import type { RunHeader } from "../../domain/run.ts";
import type { ProcessMark } from "../../processes/process-mark.ts";
import { otherProcess } from "../run-process.ts";
import { runBusy } from "../store-errors.ts";
import type { Database } from "./database.ts";

/** Parses the column `owner`; null for a run without an owner. */
export function ownerOf(column: string | null): ProcessMark | null {
  return column === null ? null : (JSON.parse(column) as ProcessMark);
}

/** The runs that this process works on. */
export interface RunOwners {
  /** The owner column for a run that this process starts. */
  column(): string;
  /** Holds a run that this process has just started: the text of `column` is in the run's row already. */
  hold(no: number): void;
  /**
   * Makes this process the owner of a stored run.
   *
   * @throws {EvalsError} EVALS_RUN_BUSY when another process works on the run, or another store of this process
   */
  claim(no: number): void;
  /** Gives up a run that has ended and whose owner column is empty already. */
  forget(no: number): void;
  /** Releases all held runs. */
  releaseAll(): void;
}

interface OwnedRow {
  readonly id: string;
  readonly suite: string;
  /** The run's header, as JSON. */
  readonly header: string;
  readonly owner: string | null;
}

/**
 * Which of this process's open stores holds a run, by place, run and mark. The record in the database cannot tell
 * two stores of one process apart, because they have the same mark.
 */
const heldHere = new Map<string, RunOwners>();

/**
 * The runs that a store holds.
 *
 * @param place location of the store, the same for all stores opened on it in this process
 */
export function runOwners(db: Database, process: ProcessMark, place: string): RunOwners {
  // The mark is made when first needed, because a process that only reads needs none.
  let marked: { readonly self: ProcessMark; readonly column: string } | undefined;
  const mark = () => {
    if (marked === undefined) {
      const self = db.markOf(process);
      marked = { self, column: JSON.stringify(self) };
    }
    return marked;
  };
  const held = new Set<number>();
  const keyOf = (no: number): string => `${place}#${no} ${mark().column}`;
  const hold = (no: number): void => {
    held.add(no);
    heldHere.set(keyOf(no), owners);
  };
  const forget = (no: number): void => {
    held.delete(no);
    if (heldHere.get(keyOf(no)) === owners) heldHere.delete(keyOf(no));
  };
  const take = db.transaction((no: number) => {
    const row = db
      .prepare<[number], OwnedRow>("SELECT id, suite, header, owner FROM runs WHERE no = ?")
      .get(no);
    if (row === undefined) throw new Error(`no run ${no}`);
    const { self, column } = mark();
    const other = otherProcess(ownerOf(row.owner), self, db.lives);
    // The host is named only when it is another machine.
    const busy = (by: Parameters<typeof runBusy>[1]) => runBusy(JSON.parse(row.header) as RunHeader, by);
    if (other !== null) throw busy(other.host === self.host ? { pid: other.pid } : other);
    if ((heldHere.get(keyOf(no)) ?? owners) !== owners) throw busy(null);
    db.prepare("UPDATE runs SET owner = ? WHERE no = ?").run(column, no);
  });
  const owners: RunOwners = {
    column: () => mark().column,
    hold,
    claim: (no) => {
      take.immediate(no);
      hold(no);
    },
    forget,
    releaseAll: () => {
      if (held.size === 0) return;
      const mine = [...held];
      // The runs are forgotten before the database is written, because writing can fail: a full disk must not keep
      // them held.
      for (const no of mine) forget(no);
      const release = db.prepare("UPDATE runs SET owner = NULL WHERE no = ? AND owner = ?");
      for (const no of mine) release.run(no, mark().column);
    },
  };
  return owners;
}
