import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { defineScorer } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { asText, textOperand } from "../frame/text-options.ts";
import { type ModelReading, openTextModel, type TextModel, unusable } from "./ask-model.ts";

export const embeddingSimilarity = defineScorer({
  type: "embedding-similarity",
  asks: "model",
  about:
    "How similar the answer is to the expected text in meaning: the cosine of their two embedding vectors; a negative cosine counts as 0. `model` is an alias with `provider: openai` and `api: embeddings`. Each text is embedded once. It depends on a model, so it is advisory only: it cannot fail the gate.",
  options: { model: z.string().min(1).describe("An alias of evalconfig.yaml with `api: embeddings`") },
  operand: "required",
  grades: "graded",
  readOperand: textOperand,
  async compile({ model: alias }, host) {
    const model = await openTextModel(alias, host);
    return {
      identity: { model: model.identity },
      standing: { opinion: true },
      async score(actual, expected, input) {
        const [mine, other] = await Promise.all([
          model.ask(asText(actual), input),
          model.ask(expected, input),
        ]);
        const score = similarity(vectorOf(mine, model), vectorOf(other, model), model);
        return { score, reason: `similarity ${rounded(score)}`, replies: [mine.reply, other.reply] };
      },
    };
  },
  examples: [
    {
      title: "gives 1 to vectors of the same direction, however long they are",
      settings: { model: "embeddings", threshold: 0.8 },
      replies: ["[1, 2]", "[2, 4]"],
      output: "Refunds take five days.",
      case: { expected: "You get your money back within five days." },
      expected: { pass: true, score: 1, reason: "similarity 1" },
    },
    {
      title: "compares directions, however large or small the numbers are",
      settings: { model: "embeddings", threshold: 0.8 },
      replies: ["[3e200, 4e200]", "[6e-200, 8e-200]"],
      output: "Refunds take five days.",
      case: { expected: "You get your money back within five days." },
      expected: { pass: true, score: 1, reason: "similarity 1" },
    },
    {
      title: "fails a similarity below the threshold",
      settings: { model: "embeddings", threshold: 0.8 },
      replies: ["[1, 0]", "[3, 4]"],
      output: "Refunds take five days.",
      case: { expected: "We are closed on Sundays." },
      expected: { pass: false, score: 0.6, reason: "similarity 0.6, needs 0.8" },
    },
    {
      title: "cannot score vectors with different numbers of dimensions",
      settings: { model: "embeddings", threshold: 0.8 },
      replies: ["[1, 0]", "[1, 0, 0]"],
      output: "a",
      case: { expected: "b" },
      expected: { failure: "gave vectors of 2 and 3 numbers" },
    },
    {
      title: "cannot score without a vector",
      settings: { model: "embeddings", threshold: 0.8 },
      replies: ["[]"],
      output: "a",
      case: { expected: "b" },
      expected: { failure: "gave no vector" },
    },
  ],
});

function vectorOf({ value }: ModelReading, model: TextModel): readonly number[] {
  const list: Json = value;
  if (Array.isArray(list) && list.length > 0 && list.every((one) => Number.isFinite(one))) return list;
  throw unusable(model, "gave no vector");
}

/** Cosine similarity, in [0, 1]. */
function similarity(a: readonly number[], b: readonly number[], model: TextModel): number {
  if (a.length !== b.length) throw unusable(model, `gave vectors of ${a.length} and ${b.length} numbers`);
  const [scaleA, scaleB] = [largestOf(a), largestOf(b)];
  if (scaleA === 0 || scaleB === 0) throw unusable(model, "gave a vector of zeros, which has no direction");
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (const [index, one] of a.entries()) {
    const x = one / scaleA;
    const y = (b[index] ?? 0) / scaleB;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return Math.min(1, Math.max(0, product / Math.sqrt(lengthA * lengthB)));
}

/** The largest absolute number in a vector. Vectors are divided by it so that no square overflows or underflows. */
function largestOf(vector: readonly number[]): number {
  return vector.reduce((largest, one) => Math.max(largest, Math.abs(one)), 0);
}
