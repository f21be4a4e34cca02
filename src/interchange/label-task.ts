import type { Json } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";

/** One answer as another tool is to show it. */
export interface LabelTask {
  readonly case: string;
  readonly answer_hash: string;
  readonly answer: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly picked: Label["picked"];
  readonly weight: number;
}

/** What a judge's rubric asks of an answer. */
export interface AskedCriterion {
  readonly name: string;
  readonly about: string;
}

/** What a file of labels amounts to. */
export interface ReadLabels {
  readonly labels: readonly Label[];
  /** By rater: answers that were shown and passed over. They are no labels. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Answers that nobody has judged yet. */
  readonly open: number;
  /** Judgements that a later one of the same rater for the same answer replaces. */
  readonly repeated: number;
}

/** How a file of labels is read. */
export interface ReadLabelsOptions {
  /** As messages call the file. */
  readonly path: string;
  readonly suite: string;
  /** Cases of the suite's dataset. */
  readonly cases: ReadonlySet<string>;
  /** Names of raters by the id that the other tool gave them. */
  readonly raters: ReadonlyMap<string, string>;
  /** Rater of labels that name none. */
  readonly rater: string | undefined;
  /** The judge of labels that name none; absent where they need not. */
  readonly of?: string | undefined;
  /** For labels without a time; ISO 8601, UTC. */
  readonly now: string;
}

/** Control names and columns of single criteria begin so. */
export const CRITERION = "criteria.";

/** A value as a person reads it: text as it is, anything else as indented JSON, nothing as empty text. */
export function readableText(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
