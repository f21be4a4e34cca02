import type { RunSummary, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type { HomeDocument, IndexDocument, PageStart, RunDocument } from "../page-documents.ts";

/** One side's trial of a case of a run. */
export interface TrialPlace {
  readonly key: string;
  readonly place: number;
  readonly side: "now" | "before";
  readonly trial: number;
}

/** Where a page's values come from: from the page itself, or from the program that serves it. */
export interface PageSource {
  readonly start: PageStart;
  home(): Promise<HomeDocument>;
  /** What is in the page already, so that it is there in the first picture; null elsewhere. */
  runAtHand(key: string): RunDocument | null;
  run(key: string): Promise<RunDocument>;
  index(key: string): Promise<IndexDocument>;
  /** Null where the answers of a case are not at hand. */
  caseAt(key: string, index: number): Promise<ViewedCase | null>;
  /** Null where only the answer is at hand. */
  trial(index: TrialPlace): Promise<ViewedTranscript | null>;
  /** Letters of one part of a trial, from a place on. Empty where there are no more. */
  lettersOf(index: TrialPlace, part: number, from: number): Promise<string>;
  /** Cases whose input or answers hold a text, small and capital letters alike. */
  search(key: string, text: string, signal: AbortSignal): Promise<ReadonlySet<number>>;
  /** Calls back with runs that are new or moved, until the returned function is called. */
  watch(changed: (runs: readonly RunSummary[]) => void): () => void;
}

/** A value that was asked for once is kept; one that failed is asked for again. */
export function remembered<T>(limit: number): (key: string, make: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key, make) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make();
    known.set(key, made);
    made.catch(() => known.delete(key));
    for (const old of known.keys()) if (known.size > limit) known.delete(old);
    return made;
  };
}
