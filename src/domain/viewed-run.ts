import type { Json } from "./json.ts";
import type { MetricValue, RunStatus } from "./run.ts";
import type { Stopped } from "./trajectory.ts";
import type { Usage } from "./transcript.ts";
import type { GateOutcome, Verdict } from "./verdict.ts";

/** A run in a list of runs. Texts come from users and models, so they must be escaped when shown. */
export interface RunSummary {
  readonly id: string;
  readonly suite: string;
  /** `triage`, or `triage (small)` if the suite has several models. */
  readonly name: string;
  readonly target: string;
  readonly cases: number;
  readonly trials: number;
  readonly status: RunStatus;
  /** Null while the run has no report. */
  readonly outcome: GateOutcome | null;
  readonly verdict: Verdict | "none";
  readonly pass_rate: MetricValue | null;
  /** US dollars; null when unknown. */
  readonly cost_usd: number | null;
  /** Number of finished trials, and of all planned ones. */
  readonly done: number;
  readonly planned: number;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
}

/**
 * The numbers of all cases of a run as columns, in the run's order. Columns with a hundred thousand rows are parsed
 * many times faster than a hundred thousand objects.
 */
export interface CaseIndex {
  readonly ids: readonly string[];
  /** The start of each input; empty when a run has too many cases. */
  readonly inputs: readonly string[];
  readonly tags: readonly string[];
  /** The distinct sets of tags, each as indices in `tags`. For each case, `tag_set_of` has the index of its set. */
  readonly tag_sets: readonly (readonly number[])[];
  readonly tag_set_of: readonly number[];
  readonly scorers: readonly string[];
  /** Mean score of each case, one list per scorer; null without a score. */
  readonly scores: readonly (readonly (number | null)[])[];
  /** Mean latency of the answered trials in milliseconds; null when unknown. */
  readonly latency_ms: readonly (number | null)[];
  readonly now: MarkColumn;
  /** The trials of the side that the run was compared with; null when it was compared with nothing. */
  readonly before: MarkColumn | null;
  /**
   * One letter per case: b broken, f fixed, s same, n new, c changed, m missing, - not compared; upper case when the
   * change is statistically significant.
   */
  readonly changes: string;
}

/** The trials of each case on one side. */
export interface MarkColumn {
  /** Number of letters in `marks` for each case. */
  readonly width: number;
  /**
   * `width` letters per case, by trial: p passed, f failed, e errored, ? not scored, - not asked, and a space when no
   * trial was planned. Empty when only counts are known.
   */
  readonly marks: string;
  /** Counts per case when marks are unknown; else empty. -1 for a case that the side does not have. */
  readonly passed: readonly number[];
  readonly answered: readonly number[];
}

/** A text, or its beginning. */
export interface Passage {
  readonly text: string;
  /** Length of the whole text; larger than the length of `text` when `text` was truncated. */
  readonly letters: number;
}

/** A case with its answers on both sides. */
export interface ViewedCase {
  readonly id: string;
  readonly tags: readonly string[];
  /** Line in the dataset's file, from 1; null when the dataset is not available. */
  readonly line: number | null;
  readonly input: Passage;
  /** Null when the case has no expected value. */
  readonly expected: Passage | null;
  readonly now: ViewedSide;
  /** The trials of the side that the run was compared with; null when unknown. */
  readonly before: ViewedSide | null;
}

/** One side's trials of a case. */
export interface ViewedSide {
  /** Id of a stored run whose trials can be opened; null for a baseline file. */
  readonly run: string | null;
  /** For instance `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly name: string;
  readonly trials: readonly ViewedTrial[];
}

export interface ViewedTrial {
  /** From 1. */
  readonly trial: number;
  /** Number of trials with this answer, for a side that stores answers without trial numbers; else 1. */
  readonly times: number;
  readonly outcome: "passed" | "failed" | "errored" | "unscored";
  readonly error: { readonly kind: string; readonly message: string } | null;
  /** Null for a trial without an answer. */
  readonly output: Passage | null;
  readonly scores: readonly ViewedScore[];
  readonly facts: TrialFacts | null;
}

/** A scorer's result for one answer. */
export interface ViewedScore {
  readonly scorer: string;
  readonly required: boolean;
  /** Null when the scorer gave no score. */
  readonly score: number | null;
  readonly pass: boolean | null;
  readonly reason: string;
  /** Share of an ensemble that gave this verdict; absent for a single scorer. */
  readonly agreement?: number;
}

export interface TrialFacts {
  readonly model: string | null;
  readonly fallback: string | null;
  readonly finish_reason: string | null;
  /** The limit of an agent that ended the trial; null when no limit ended it. */
  readonly stopped: Stopped | null;
  readonly usage: Usage;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly cached: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The kind of a part of a trial. */
export type PartKind =
  | "request"
  | "message"
  | "tool call"
  | "tool result"
  | "retrieval"
  | "state"
  | "answer"
  | "refusal"
  | "error"
  | "raw reply"
  | "judge's question"
  | "judge's reply";

/** One part of a trial, in order. */
export interface ViewedPart {
  readonly kind: PartKind;
  /** For instance `assistant`, `find_order`, `helpful-reply: gpt-4o · $0.0004`. */
  readonly title: string;
  readonly passage: Passage;
}

/** The whole content of a trial, in parts. */
export interface ViewedTranscript {
  readonly trial: ViewedTrial;
  readonly parts: readonly ViewedPart[];
}

/** Two versions of a prompt, for a word diff. */
export interface PromptTexts {
  readonly from: PromptText;
  readonly to: PromptText;
}

export interface PromptText {
  readonly name: string;
  readonly version: string;
  readonly text: string;
}

/** The data of a run that a page needs besides the run's report; large data is read on demand. */
export interface ViewedRun {
  readonly summary: RunSummary;
  /** Null when both sides have the same prompt, or a text is not available. */
  readonly prompts: PromptTexts | null;
  readonly index: () => Promise<CaseIndex>;
  /** Whether the input or an answer of a case, on either side, contains a text. @param text in lower case */
  readonly containsText: (index: number, text: string) => Promise<boolean>;
  /** @param limit maximum characters of each text */
  readonly caseAt: (index: number, limit: number) => Promise<ViewedCase>;
  /**
   * One trial of a case with all its data; null when there is no such trial.
   *
   * @param side `before` is the side that the run was compared with
   */
  readonly transcript: (
    index: number,
    trial: number,
    side: "now" | "before",
    limit: number,
  ) => Promise<ViewedTranscript | null>;
}

/** An input, expected value or message as text. */
export function viewedText(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}
