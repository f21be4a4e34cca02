import type { Json } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";
import type { Agreement, Check } from "./self-check.ts";

/** What a person says of one answer, with the keys of the page. */
export interface Judgement {
  readonly verdict: Label["verdict"];
  readonly criteria?: Label["criteria"] | undefined;
  readonly comment?: string | undefined;
}

/** What one rater said of an answer before; shown only to whoever settles a conflict. */
export interface Opinion extends Judgement {
  readonly rater: string;
}

/** One answer to be judged. */
export interface Question {
  /** Unique in the session, the same in the next one, and says nothing of the answer. */
  readonly id: string;
  readonly case: string;
  readonly answer_hash: string;
  readonly answer: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly picked: Label["picked"];
  readonly weight: number;
  readonly opinions?: readonly Opinion[] | undefined;
}

/** Where labels are kept. Each of these is on the disk when it returns. */
export interface LabelBook {
  save(label: Label): void;
  remove(label: Label): void;
  /** A second judgement of an answer that the rater has labelled: kept apart, it is no label. */
  noteCheck(check: Check): void;
  dropCheck(check: Check): void;
}

/** What is asked: whether answers are right, which rater is, or which exchanges become cases (there pass accepts and the comment is what is expected). */
export type LabellingPurpose = "label" | "adjudicate" | "candidates";

export interface SessionSetup {
  readonly suite: string;
  readonly rater: string;
  readonly purpose: LabellingPurpose;
  readonly criteria: readonly { readonly name: string; readonly about: string }[];
  readonly questions: readonly Question[];
  /** This rater's labels of the suite; an answer that has one is not asked again. */
  readonly labels: readonly Label[];
  /** Answers that this rater labelled earlier and that may be asked once more, as a check. */
  readonly known: readonly Question[];
  /** Checks of earlier sessions. */
  readonly checks: readonly Check[];
  readonly book: LabelBook;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What the page shows. It holds no verdict of a judge, no score, and not why an answer was picked. */
export interface SessionState {
  readonly suite: string;
  readonly rater: string;
  readonly purpose: LabellingPurpose;
  readonly criteria: readonly { readonly name: string; readonly about: string }[];
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
  readonly canUndo: boolean;
  readonly question: ShownQuestion | null;
  readonly counts: { readonly pass: number; readonly fail: number; readonly unsure: number };
  readonly agreement: Agreement | null;
}

export interface ShownQuestion {
  readonly id: string;
  readonly case: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly answer: string;
  readonly opinions?: readonly Opinion[] | undefined;
  /** The verdict before it was taken back. */
  readonly draft?: Judgement | undefined;
}

/** What a person does on the page, as it is sent. */
export type LabellingStep =
  | ({ readonly act: "label"; readonly id: string } & Judgement)
  | { readonly act: "skip"; readonly id: string }
  /** `done`: steps that the page knows of. A request that comes twice takes one step back. */
  | { readonly act: "undo"; readonly done: number }
  /** Asks the skipped answers once more. */
  | { readonly act: "again" }
  | { readonly act: "end" };

/** What became of a request to label: a repeated one changes nothing. */
export type ActOutcome = "done" | "repeated" | "not-asked-now";

/** What the page reads of a step; `ended` after the person has said that they are done. */
export type StepResult = ActOutcome | "ended";
