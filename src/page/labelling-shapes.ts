import type { Json } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";
import type { Agreement, Check } from "./self-check.ts";

/** A person's verdict on one answer, as entered in the page. */
export interface Judgement {
  readonly verdict: Label["verdict"];
  readonly criteria?: Label["criteria"] | undefined;
  readonly comment?: string | undefined;
}

/** Another rater's verdict on an answer; only shown during adjudication. */
export interface Opinion extends Judgement {
  readonly rater: string;
}

/** One answer to be judged. */
export interface Question {
  /**
   * Id of the question: unique in the session and the same in the next session. It reveals nothing about the
   * answer.
   */
  readonly id: string;
  readonly case: string;
  readonly answer_hash: string;
  readonly answer: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  /** How the answer was picked, for instance `random`; it becomes part of the label. */
  readonly picked: Label["picked"];
  /** Number of the run's answers that this answer represents; it becomes part of the label. */
  readonly weight: number;
  readonly opinions?: readonly Opinion[] | undefined;
}

/** Where labels are stored. Each operation is durable when it returns. */
export interface LabelBook {
  save(label: Label): void;
  remove(label: Label): void;
  /** Stores a second judgement of an answer that the rater has labelled already; this judgement is not a label. */
  noteCheck(check: Check): void;
  dropCheck(check: Check): void;
}

/**
 * The kind of question: whether answers are right (`label`), which rater is right (`adjudicate`), or which exchanges
 * become cases (`candidates`: pass means accept, and the comment is the expected value).
 */
export type LabellingPurpose = "label" | "adjudicate" | "candidates";

export interface SessionSetup {
  readonly suite: string;
  readonly rater: string;
  readonly purpose: LabellingPurpose;
  readonly criteria: readonly { readonly name: string; readonly about: string }[];
  readonly questions: readonly Question[];
  /** This rater's labels of the suite. An answer that has a label is shown again only as a check. */
  readonly labels: readonly Label[];
  /** Answers that this rater labelled earlier, and that can be shown again as a check. */
  readonly known: readonly Question[];
  /** Second judgements that this rater gave in earlier sessions. */
  readonly checks: readonly Check[];
  readonly book: LabelBook;
  readonly now: () => Date;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
}

/** What the page shows. It contains no judge's verdict, no score, and no reason why an answer was picked. */
export interface SessionState {
  readonly suite: string;
  readonly rater: string;
  readonly purpose: LabellingPurpose;
  readonly criteria: readonly { readonly name: string; readonly about: string }[];
  /** Number of steps made: labels, second judgements and skipped answers. */
  readonly done: number;
  /** `done` plus the number of questions that are still to be asked. */
  readonly total: number;
  /** Number of answers that were skipped; `done` includes them. */
  readonly skipped: number;
  readonly canUndo: boolean;
  readonly question: ShownQuestion | null;
  /** Number of labels by verdict. */
  readonly counts: { readonly pass: number; readonly fail: number; readonly unsure: number };
  /** How often second judgements equal the first ones; null before the end, or when nothing was judged twice. */
  readonly agreement: Agreement | null;
}

export interface ShownQuestion {
  readonly id: string;
  readonly case: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly answer: string;
  readonly opinions?: readonly Opinion[] | undefined;
  /** The judgement that the last undo took back; the page fills the form with it. */
  readonly draft?: Judgement | undefined;
}

/** A user action on the page, as sent to the server. */
export type LabellingStep =
  | ({ readonly act: "label"; readonly id: string } & Judgement)
  | { readonly act: "skip"; readonly id: string }
  /** `done`: number of steps known to the page. A repeated request undoes only one step. */
  | { readonly act: "undo"; readonly done: number }
  /** Asks the skipped answers again. */
  | { readonly act: "again" }
  | { readonly act: "end" };

/**
 * The result of a labelling request. `repeated`: the same request was carried out before, so this one changed nothing.
 * `not-asked-now`: the request is about an answer that is not the current question.
 */
export type ActOutcome = "done" | "repeated" | "not-asked-now";

/** The result of a step for the page; `ended` after the user has ended the session. */
export type StepResult = ActOutcome | "ended";
