import type { Label } from "./label.ts";

/** How answers are picked for a person to judge. */
export type AnswerPicking = "random" | "stratified" | "disputed" | "adjudicate";

/** What one person is asked to judge. Names and ids are people's: whoever shows them escapes them. */
export interface LabellingTask {
  readonly suite: string;
  /** Id of the run whose answers are judged. */
  readonly run: string;
  /** The suite or run, as it was asked for. */
  readonly word: string;
  readonly how: AnswerPicking;
  /** The most answers that are picked. */
  readonly count: number;
  /** The judge whose question is answered, where it was named. */
  readonly judge: string | undefined;
  readonly person: string;
  /** Answers that are asked, and how many of them this person has judged before. */
  readonly questions: number;
  readonly judgedBefore: number;
  /** Conflicts about cases that the run does not have: there is nothing to show beside the answer. */
  readonly elsewhere: number;
  /** The file of labels. */
  readonly path: string;
  /** Judges of the run that the labels can measure. */
  readonly judges: readonly string[];
}

/** How far a person has come. */
export interface LabellingProgress {
  /** Answers that are still to be asked; skipped ones are not counted. */
  readonly left: number;
  readonly skipped: number;
  readonly counts: Readonly<Record<Label["verdict"], number>>;
  /** Of answers that were asked twice, the share with the same verdict both times; null where none was. */
  readonly agreement: { readonly same: number; readonly of: number } | null;
}
