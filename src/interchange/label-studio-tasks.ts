import { type Label, labelSchema } from "../domain/label.ts";
import { type LabelTask, readableText } from "./label-task.ts";

/**
 * Tasks for Label Studio's import: one per answer, without predictions. How an answer was selected (`picked`,
 * `weight`) is encoded in `sample`, because a rater could infer the judge's verdict from these two values.
 *
 * @param of the judge that the labels are to measure; absent when the suite has only one judge, or none
 */
export function labelStudioTasks(suite: string, tasks: readonly LabelTask[], of?: string): string {
  const all = tasks.map(({ input, expected, picked, weight, ...task }) => ({
    data: {
      suite,
      case: task.case,
      input: readableText(input),
      expected: readableText(expected),
      answer: task.answer,
      answer_hash: task.answer_hash,
      sample: sampleText({ picked, weight }),
      ...(of === undefined ? {} : { of }),
    },
  }));
  return `${JSON.stringify(all, null, 1)}\n`;
}

type Sample = Pick<Label, "picked" | "weight">;

function sampleText(sample: Sample): string {
  return Buffer.from(JSON.stringify(sample)).toString("base64url");
}

/** Parses the value of `sample`; null for a value that `labelStudioTasks` did not write. */
export function readSample(text: unknown): Sample | null {
  if (typeof text !== "string") return null;
  try {
    const { picked, weight } = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Sample;
    const isSample = labelSchema().pick({ picked: true, weight: true }).safeParse({ picked, weight }).success;
    return isSample ? { picked, weight } : null;
  } catch {
    return null;
  }
}
