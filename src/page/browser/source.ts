import type { RunSummary, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type {
  HomeDocument,
  IndexDocument,
  LabelsDocument,
  PageStart,
  RunDocument,
  TraceDocument,
  TrafficDocument,
} from "../page-documents.ts";

/** A trial of a case on one side of a run. */
export interface TrialPlace {
  readonly key: string;
  readonly place: number;
  readonly side: "now" | "before";
  readonly trial: number;
}

/** What only the program that serves the page has. */
export interface LiveParts {
  labels(): Promise<LabelsDocument>;
  /** Path of a labelling session's requests, ending in a slash. */
  labellingPath(suite: string, judge: string | null): string;
  traffic(): Promise<TrafficDocument>;
  trace(id: string): Promise<TraceDocument>;
  /** Characters of one part of a trace from an offset; empty at the end. */
  lettersOfTrace(id: string, part: number, from: number): Promise<string>;
}

/** Where a page's data comes from: from the page itself, or from the program that serves it. */
export interface PageSource {
  readonly start: PageStart;
  home(): Promise<HomeDocument>;
  /** Data that is already in the page and so available for the first rendering; else null. */
  homeAtHand(): HomeDocument | null;
  /** The outcome of a run from a list of runs; null when it is in none. */
  summaryAtHand(key: string): RunSummary | null;
  /** Like `homeAtHand`. */
  runAtHand(key: string): RunDocument | null;
  run(key: string): Promise<RunDocument>;
  index(key: string): Promise<IndexDocument>;
  /** Null when the answers of a case are not available. */
  caseAt(key: string, index: number): Promise<ViewedCase | null>;
  /** Null when only the answer is available. */
  trial(index: TrialPlace): Promise<ViewedTranscript | null>;
  /** Characters of one part of a trial from an offset; empty at the end. */
  lettersOf(index: TrialPlace, part: number, from: number): Promise<string>;
  /** Cases whose input or answers contain a text, ignoring case. */
  search(key: string, text: string, signal: AbortSignal): Promise<ReadonlySet<number>>;
  /** What only the program that serves the page has; null in a file. */
  readonly live: LiveParts | null;
  /** Calls back with new or changed runs, until the returned function is called. */
  watch(changed: (runs: readonly RunSummary[]) => void): () => void;
}

/** Caches requested values; one that failed is requested again. */
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
