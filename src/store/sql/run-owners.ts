import type { ProcessMark } from "../../processes/process-mark.ts";
import { otherProcess } from "../run-process.ts";
import { runBusy } from "../store-errors.ts";
import type { Database } from "./database.ts";

/** The column as a mark; null for a run that nobody works on. */
export function ownerOf(column: string | null): ProcessMark | null {
  return column === null ? null : (JSON.parse(column) as ProcessMark);
}

/** The runs that this process works on. */
export interface RunOwners {
  /** For the record of a run that this process starts. */
  column(): string;
  /** A run that was written with `column`. */
  hold(no: number): void;
  /** @throws {EvalsError} EVALS_RUN_BUSY */
  claim(no: number): void;
  /** One that has ended, and so was let go of. */
  forget(no: number): void;
  /** Lets go of all that are held. */
  releaseAll(): void;
}

interface OwnedRow {
  readonly id: string;
  readonly suite: string;
  readonly owner: string | null;
}

/** Runs that an open store of this process works on, by place, run and mark: the record does not distinguish two stores of it. */
const heldHere = new Map<string, RunOwners>();

/** @param place where the history is, the same for all that open it in this process */
export function runOwners(db: Database, process: ProcessMark, place: string): RunOwners {
  // A process that only reads is not marked.
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
    const row = db.prepare<[number], OwnedRow>("SELECT id, suite, owner FROM runs WHERE no = ?").get(no);
    if (row === undefined) throw new Error(`no run ${no}`);
    const { self, column } = mark();
    const other = otherProcess(ownerOf(row.owner), self, db.lives);
    // Where it is needs to be said of another machine alone.
    if (other !== null) throw runBusy(row, other.host === self.host ? { pid: other.pid } : other);
    if ((heldHere.get(keyOf(no)) ?? owners) !== owners) throw runBusy(row, null);
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
      // Before what can fail: a full disk must not keep them held.
      for (const no of mine) forget(no);
      const release = db.prepare("UPDATE runs SET owner = NULL WHERE no = ? AND owner = ?");
      for (const no of mine) release.run(no, mark().column);
    },
  };
  return owners;
}
