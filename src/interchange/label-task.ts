import type { Json } from "../domain/json.ts";
import type { Label } from "../domain/label.ts";

/** One answer for display in another tool. */
export interface LabelTask {
  readonly case: string;
  readonly answer_hash: string;
  readonly answer: string;
  readonly input: Json;
  readonly expected?: Json | undefined;
  readonly picked: Label["picked"];
  readonly weight: number;
}

/** A criterion from a judge's rubric. */
export interface AskedCriterion {
  readonly name: string;
  /** What the criterion asks, as shown to the rater; empty when the judge's file does not say. */
  readonly about: string;
}

/** The result of reading a file of labels. */
export interface ReadLabels {
  readonly labels: readonly Label[];
  /** Number of answers that each rater skipped, by rater. Skipped answers are not labels. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Number of answers without a label. */
  readonly open: number;
  /** Number of labels that a later label of the same rater for the same answer replaces. */
  readonly repeated: number;
}

/** How to read a file of labels. */
export interface ReadLabelsOptions {
  /** The file's name in messages. */
  readonly path: string;
  readonly suite: string;
  /** Case ids of the suite's dataset. */
  readonly cases: ReadonlySet<string>;
  /** Names of raters by their id in the other tool. */
  readonly raters: ReadonlyMap<string, string>;
  /** The rater of the labels that name no rater. */
  readonly rater: string | undefined;
  /** The judge of the labels that name no judge; absent when labels need no judge. */
  readonly of?: string | undefined;
  /** The time of the labels that have none; ISO 8601, UTC. */
  readonly now: string;
}

/** How the names of a criterion's choices (Label Studio) and of its column (CSV) begin. */
export const CRITERION = "criteria.";

/** A value as readable text: strings unchanged, other values as indented JSON, undefined as empty text. */
export function readableText(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
