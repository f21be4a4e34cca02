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

/** Identifies a trial: run, index of the case, side of the comparison, and number of the trial. */
export interface TrialPlace {
  readonly key: string;
  readonly place: number;
  readonly side: "now" | "before";
  readonly trial: number;
}

/** Data that is only available from the program that serves the page. */
export interface LiveParts {
  labels(): Promise<LabelsDocument>;
  /** Path of a labelling session's requests, ending in a slash. */
  labellingPath(suite: string, judge: string | null): string;
  traffic(): Promise<TrafficDocument>;
  trace(id: string): Promise<TraceDocument>;
  /** The characters of one part of a trace, beginning at the offset `from`; empty at the end of the part. */
  lettersOfTrace(id: string, part: number, from: number): Promise<string>;
}

/** Where a page's data comes from: from the page itself, or from the program that serves it. */
export interface PageSource {
  readonly start: PageStart;
  home(): Promise<HomeDocument>;
  /** The list of runs if the page has it already, so that it is in the first rendering; else null. */
  homeAtHand(): HomeDocument | null;
  /** A run's entry in the list of runs; null when the list that was loaded does not have it. */
  summaryAtHand(key: string): RunSummary | null;
  /** The run if it has been loaded already; else null. */
  runAtHand(key: string): RunDocument | null;
  run(key: string): Promise<RunDocument>;
  index(key: string): Promise<IndexDocument>;
  /** A case with its answers; null when the answers are not available. */
  caseAt(key: string, index: number): Promise<ViewedCase | null>;
  /** The transcript of a trial; null when only its answer is available. */
  trial(index: TrialPlace): Promise<ViewedTranscript | null>;
  /** The characters of one part of a trial, beginning at the offset `from`; empty at the end of the part. */
  lettersOf(index: TrialPlace, part: number, from: number): Promise<string>;
  /** Indices of the cases whose input or answers contain a text, in upper or lower case. */
  search(key: string, text: string, signal: AbortSignal): Promise<ReadonlySet<number>>;
  /** Data from the program that serves the page; null for a page in a file. */
  readonly live: LiveParts | null;
  /** Calls back with new or changed runs, until the returned function is called. */
  watch(changed: (runs: readonly RunSummary[]) => void): () => void;
}

/**
 * Returns a function that caches requested values by key, at most `limit` of them. A failed request is not cached,
 * so the next call makes the request again.
 */
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
