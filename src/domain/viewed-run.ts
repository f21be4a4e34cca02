import type { Json } from "./json.ts";
import type { MetricValue, RunStatus } from "./run.ts";
import type { Usage } from "./transcript.ts";
import type { GateOutcome, Verdict } from "./verdict.ts";

/** A run in a list of runs. Texts are the user's and the models': whoever shows them escapes them. */
export interface RunSummary {
  readonly id: string;
  readonly suite: string;
  /** `triage`, or `triage (small)` where the suite has several models. */
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
  /** Trials that have an outcome so far, and all that the run plans. */
  readonly done: number;
  readonly planned: number;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** ISO 8601, UTC. */
  readonly started_at: string;
}

/**
 * The numbers of all cases of a run in columns, in the run's order. A hundred thousand rows in columns are read many
 * times faster than as many objects.
 */
export interface CaseIndex {
  readonly ids: readonly string[];
  /** First letters of each input; empty where a run has too many cases. */
  readonly inputs: readonly string[];
  readonly tags: readonly string[];
  /** Distinct choices of tags, as places in `tags`, and the choice of each case. */
  readonly tag_sets: readonly (readonly number[])[];
  readonly tag_set_of: readonly number[];
  readonly scorers: readonly string[];
  /** Mean of each scorer over a case's trials, a list a scorer; null where it scored none. */
  readonly scores: readonly (readonly (number | null)[])[];
  /** Mean of the answered trials in milliseconds; null when unknown. */
  readonly latency_ms: readonly (number | null)[];
  readonly now: MarkColumn;
  /** Null without a comparison. */
  readonly before: MarkColumn | null;
  /**
   * One letter a case: b broken, f fixed, s same, n new, c changed, m missing, - not compared; a capital letter where the
   * change is more than chance would do.
   */
  readonly changes: string;
}

/** The trials of each case on one side. */
export interface MarkColumn {
  /** Letters a case. */
  readonly width: number;
  /**
   * `width` letters for each case, by number of the trial: p passed, f failed, e errored, ? not scored, - not asked, and a
   * space where no trial was planned. Empty where only counts are known.
   */
  readonly marks: string;
  /** Counts of each case, where marks are not known; else empty. -1 for a case that the side does not have. */
  readonly passed: readonly number[];
  readonly answered: readonly number[];
}

/** A text, or its beginning. */
export interface Passage {
  readonly text: string;
  /** Of the whole text; more than `text` has when it was cut. */
  readonly letters: number;
}

/** A case with its answers on both sides. */
export interface ViewedCase {
  readonly id: string;
  readonly tags: readonly string[];
  /** Line in the dataset's file, from 1; null when the dataset is not at hand. */
  readonly line: number | null;
  readonly input: Passage;
  /** Null when the case expects nothing. */
  readonly expected: Passage | null;
  readonly now: ViewedSide;
  /** Null when nothing is known of the other side. */
  readonly before: ViewedSide | null;
}

/** One side's trials of a case. */
export interface ViewedSide {
  /** Id of a stored run, whose trials can be opened; null for a baseline's file. */
  readonly run: string | null;
  /** `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly name: string;
  readonly trials: readonly ViewedTrial[];
}

export interface ViewedTrial {
  /** From 1. */
  readonly trial: number;
  /** How many trials gave this answer, where a side keeps answers without their numbers; else 1. */
  readonly times: number;
  readonly outcome: "passed" | "failed" | "errored" | "unscored";
  readonly error: { readonly kind: string; readonly message: string } | null;
  /** Null for a trial without an answer. */
  readonly output: Passage | null;
  readonly scores: readonly ViewedScore[];
  readonly facts: TrialFacts | null;
}

/** What one scorer said of one answer. */
export interface ViewedScore {
  readonly scorer: string;
  readonly required: boolean;
  /** Null when it has no score. */
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
  readonly usage: Usage;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly cached: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What one part of a trial is. */
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

/** One part of what a trial said, in its order. */
export interface ViewedPart {
  readonly kind: PartKind;
  /** `assistant`, `find_order`, `helpful-reply: gpt-4o · $0.0004`. */
  readonly title: string;
  readonly passage: Passage;
}

/** Everything that one trial said, part by part. */
export interface ViewedTranscript {
  readonly trial: ViewedTrial;
  readonly parts: readonly ViewedPart[];
}

/** Two versions of a prompt, for a diff word by word. */
export interface PromptTexts {
  readonly from: PromptText;
  readonly to: PromptText;
}

export interface PromptText {
  readonly name: string;
  readonly version: string;
  readonly text: string;
}

/** What a page shows of a run beside its report; what is large is read when it is asked for. */
export interface ViewedRun {
  readonly summary: RunSummary;
  /** Null when both sides have the same prompt, or a text is not at hand. */
  readonly prompts: PromptTexts | null;
  readonly index: () => Promise<CaseIndex>;
  /** Whether the input or an answer of a case, on either side, holds a text. @param text in small letters */
  readonly containsText: (index: number, text: string) => Promise<boolean>;
  /** @param limit letters of each text; more are cut */
  readonly caseAt: (index: number, limit: number) => Promise<ViewedCase>;
  /**
   * One trial of a case, whole; null when there is no such trial.
   * @param side `before` is the side that the run was compared with
   */
  readonly transcript: (
    index: number,
    trial: number,
    side: "now" | "before",
    limit: number,
  ) => Promise<ViewedTranscript | null>;
}

/** What an input, an expectation or a message is as a text. */
export function viewedText(value: Json | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}
