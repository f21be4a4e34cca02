import * as z from "zod";
import type { StatedAnswer } from "../../domain/escalation.ts";
import { onFirstUse } from "../../domain/on-first-use.ts";
import type { Problem } from "../../domain/problem.ts";
import { type LineFormat, parseLines } from "../../labels/json-lines.ts";
import { misspeltNotes } from "../../labels/misspelt-names.ts";

const share = () => z.number().min(0).max(1);

/** One line: a confidence and whether the answer was right, or a classifier's probabilities and the right label. */
const statedLine = onFirstUse(() =>
  z.looseObject({
    confidence: share().optional().describe("Confidence of the answer, from 0 to 1"),
    correct: z.boolean().optional().describe("Whether the answer was right"),
    scores: z.record(z.string(), share()).optional().describe("Probability of each label"),
    label: z.string().optional().describe("The right label: one of those in scores"),
    stratum: z.string().min(1).optional().describe("Group of the answer, which is also counted separately"),
  }),
);
type StatedLine = z.output<ReturnType<typeof statedLine>>;

const FORMAT: LineFormat<StatedLine> = {
  schema: statedLine,
  code: "EVALS_ESCALATION",
  noun: "answer",
  mistake: ({ confidence, correct, scores, label }) => {
    if (scores !== undefined) return label !== undefined && label in scores ? undefined : noLabel(scores);
    return confidence !== undefined && correct !== undefined ? undefined : halfLine();
  },
};

/**
 * Reads a file of confidences.
 *
 * @param path of the file, for messages
 * @throws {EvalsError} with every mistake in the file
 */
export function readStated(
  bytes: Buffer,
  path: string,
): { readonly answers: StatedAnswer[]; readonly notes: string[] } {
  const lines = parseLines(bytes, path, FORMAT);
  const answers = lines.map(({ confidence = 0, correct = false, scores, label, stratum }) => {
    const strata = stratum === undefined ? [] : [stratum];
    if (scores === undefined || label === undefined) return { confidence, correct, strata };
    const [likeliest, probability] = Object.entries(scores).reduce((a, b) => (b[1] > a[1] ? b : a));
    return { confidence: probability, correct: likeliest === label, strata, labels: { scores, label } };
  });
  return { answers, notes: misspeltNotes(lines, Object.keys(statedLine().shape), path) };
}

type Mistake = Omit<Problem, "path" | "line" | "column">;

const FORMS =
  '{"confidence":0.83,"correct":true}, or {"scores":{"billing":0.7,"sales":0.3},"label":"billing"}; "stratum" is optional';

function halfLine(): Mistake {
  return {
    code: "EVALS_ESCALATION_LINE",
    what: 'The line has neither "confidence" with "correct" nor "scores" with "label".',
    why: "The confidence of an answer is compared with whether it was right, so every line needs both.",
    fix: `Write one JSON object per line: ${FORMS}`,
  };
}

function noLabel(scores: Readonly<Record<string, number>>): Mistake {
  return {
    code: "EVALS_ESCALATION_LABEL",
    what: '"label" is not one of the labels in "scores".',
    why: "The quality of the probabilities is measured by the probability of the right label.",
    fix: `Write one of ${Object.keys(scores)
      .slice(0, 5)
      .map((one) => JSON.stringify(one))
      .join(", ")}; or add the probability of the right label to "scores", even if that is 0.`,
  };
}
