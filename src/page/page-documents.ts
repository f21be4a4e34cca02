import type { PastRun, RunReport } from "../domain/report.ts";
import type {
  CaseIndex,
  Passage,
  PromptTexts,
  RunSummary,
  ViewedCase,
  ViewedPart,
} from "../domain/viewed-run.ts";

/** What a page knows when it opens. */
export interface PageStart {
  /** `file`: everything is in the page. `live`: it asks the program that serves it. `labels`: it labels and does nothing else. */
  readonly mode: "file" | "live" | "labels";
  readonly version: string;
  /** Of a file: the runs in it, in its order. */
  readonly runs: readonly PageRun[];
}

/** A run of a page, by the key that addresses and documents use. */
export interface PageRun {
  /** `3f9c21aa`, or `aa11..3f9c21aa` for a run held against another than its own baseline. */
  readonly key: string;
  readonly summary: RunSummary;
}

/** A run without its cases. */
export interface RunDocument {
  readonly key: string;
  readonly summary: RunSummary;
  readonly report: RunReport;
  /** Oldest first, this run last. */
  readonly history: readonly PastRun[];
  readonly prompts: PromptTexts | null;
}

/** The index of a run's cases. */
export interface IndexDocument extends CaseIndex {
  /** Of a file: the page of answers that holds each case, -1 for one whose answers were left out. Empty in a live page. */
  readonly page_of: readonly number[];
  /** Of a file: why answers or parts of them are not in it; empty when all are. */
  readonly left_out: string;
}

/** One page of answers of a file. */
export type AnswerPage = readonly CaseWithTrials[];

export interface CaseWithTrials {
  readonly place: number;
  readonly case: ViewedCase;
  /** Conversations behind the trials of each side; a trial that is not here has only what `case` shows of it. */
  readonly now: readonly TrialParts[];
  readonly before: readonly TrialParts[];
}

/** The conversation of one trial. */
export interface TrialParts {
  readonly trial: number;
  /** The passage is null where it is the answer, which the case holds. */
  readonly parts: readonly (Omit<ViewedPart, "passage"> & { readonly passage: Passage | null })[];
}

/** What a live page's home lists. */
export interface HomeDocument {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** There are older ones, which are not in it. */
  readonly more: boolean;
}
