import type { Matrix } from "../domain/matrix.ts";
import type { PastRun, RunReport } from "../domain/report.ts";
import type { TrafficScore } from "../domain/traffic.ts";
import type { ListedTrace, TrafficListing } from "../domain/traffic-listing.ts";
import type {
  CaseIndex,
  Passage,
  PromptTexts,
  RunSummary,
  ViewedCase,
  ViewedPart,
} from "../domain/viewed-run.ts";

/** The data with which a page starts. */
export interface PageStart {
  /** `file`: all data is in the page. `live`: data comes from the program that serves it. `labels`: only for labelling. */
  readonly mode: "file" | "live" | "labels";
  readonly version: string;
  /** In mode `file`, the runs of the page in order. */
  readonly runs: readonly PageRun[];
  /** In mode `file`, for each suite that one command ran with several targets, the comparison of these targets. */
  readonly matrices: readonly PageMatrix[];
}

/** A matrix without its cases, which are in the indexes of its runs. */
export type PageMatrix = Omit<Matrix, "cases">;

/** A run of a page, with the key that names it in addresses and documents. */
export interface PageRun {
  /** `3f9c21aa`, or `aa11..3f9c21aa` for a run that is compared with the run `aa11` instead of its own baseline. */
  readonly key: string;
  readonly summary: RunSummary;
}

/** A run without its cases. */
export interface RunDocument {
  readonly key: string;
  readonly summary: RunSummary;
  /** The report without the lists of changed cases, which are in the index. */
  readonly report: RunReport;
  /** Runs of the suite up to this run, oldest first. */
  readonly history: readonly PastRun[];
  /** The two versions of the prompt; null when both sides have the same prompt, or a text is not available. */
  readonly prompts: PromptTexts | null;
}

/** The index of a run's cases. */
export interface IndexDocument extends CaseIndex {
  /**
   * In mode `file`, for each case the number of the answer page that has the case's answers, or -1 when the answers
   * were left out. Empty in a live page.
   */
  readonly page_of: readonly number[];
  /** In mode `file`, sentences about what was left out of the answers; empty when nothing was left out. */
  readonly left_out: string;
}

/** One page of answers in a file. */
export type AnswerPage = readonly CaseWithTrials[];

export interface CaseWithTrials {
  /** The case's position in the run's list of cases (`CaseIndex`), from 0. */
  readonly place: number;
  readonly case: ViewedCase;
  /** The conversations of each side's trials; of a trial that is not listed, the page has only the texts in `case`. */
  readonly now: readonly TrialParts[];
  readonly before: readonly TrialParts[];
}

/** The conversation of one trial. */
export interface TrialParts {
  readonly trial: number;
  /** The parts of the conversation. The passage of the answer is null, because the answer is in the case. */
  readonly parts: readonly (Omit<ViewedPart, "passage"> & { readonly passage: Passage | null })[];
}

/** The content of the start view. */
export interface HomeDocument {
  /** The newest runs, newest first. */
  readonly runs: readonly RunSummary[];
  /** Whether there are older runs that are not included. */
  readonly more: boolean;
}

/** The labelling sessions on offer: one for each suite, or one for each judge of a suite with several judges. */
export interface LabelsDocument {
  readonly suites: readonly LabelledSuite[];
}

export interface LabelledSuite {
  readonly suite: string;
  /** The judge to label for; null when the suite has at most one judge, which need not be named. */
  readonly judge: string | null;
  /** Id of the suite's newest run. */
  readonly run: string;
  /** Number of labels of the suite, or of its judge `judge`. */
  readonly labels: number;
  /** Number of people who gave these labels. */
  readonly raters: number;
}

/** Production traffic: the newest traces, each with the start of its answer. */
export interface TrafficDocument extends Pick<TrafficListing, "counts" | "first" | "last" | "listed"> {}

/** One trace with its whole conversation. */
export interface TraceDocument {
  readonly trace: Omit<ListedTrace, "output" | "short_id">;
  readonly parts: readonly ViewedPart[];
  readonly scores: readonly TrafficScore[];
}
