import * as z from "zod";
import { membersIn } from "../../domain/found-documents.ts";
import type { Json } from "../../domain/json.ts";
import { defineScorer } from "../define-scorer.ts";
import { rounded, shorten } from "../frame/brief.ts";
import { rankedScore, readRankMetric } from "../frame/rank-metrics.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";
import { listInText } from "../frame/text-options.ts";
import { wholeTranscript } from "../frame/whole-transcript.ts";

function idsOf(value: Json): ReadonlySet<string> {
  const given = listInText(value);
  const list = Array.isArray(given) ? (given as readonly Json[]) : [given];
  const ids = list.map((one) => {
    const id = typeof one === "object" ? membersIn(one).id : one;
    if (typeof id !== "string" && typeof id !== "number")
      throw new OperandMistake(`${JSON.stringify(one)} is not a document's id`, "Give a list of ids.");
    return String(id);
  });
  if (ids.length === 0) throw new OperandMistake("the list is empty", "Give at least one document's id.");
  return new Set(ids);
}

const found = (...ids: readonly string[]) => ({
  trajectory: {
    retrievals: [
      { step: 1, query: "returns", documents: ids.map((id) => ({ id, text: null, score: null })) },
    ],
  },
});
const EXPECTED = { expected: { documents: ["H-1", "H-2"] } };

export const retrieval = defineScorer({
  type: "retrieval",
  about:
    "The documents that were found are the relevant ones: recall@k, precision@k, mrr or ndcg@k. The found documents of all searches form one list: in the order of the searches, best first within each search, each document once. Precision divides by k. Without any search the score is 0.",
  reads: "whole",
  options: {
    metric: z
      .string()
      .refine((text) => readRankMetric(text) !== undefined, {
        message: "one of recall@k, precision@k, ndcg@k, mrr (k a whole number from 1)",
      })
      .describe("recall@k, precision@k, ndcg@k or mrr; recall, precision, ndcg and mrr@k are accepted too"),
  },
  operand: "required",
  at: "expected.documents",
  grades: "full",
  readOperand: idsOf,
  compile({ metric }) {
    const how = readRankMetric(metric) as NonNullable<ReturnType<typeof readRankMetric>>;
    return {
      score(_, relevant, { transcript }) {
        const { retrievals } = wholeTranscript(transcript);
        const ranked = [...new Set(retrievals.flatMap(({ documents }) => documents.map(({ id }) => id)))];
        const score = rankedScore(how, relevant, ranked);
        const missing = [...relevant].filter((id) => !ranked.slice(0, how.k).includes(id));
        const step = retrievals[0]?.step;
        return {
          score,
          reason:
            retrievals.length === 0
              ? "nothing was looked for"
              : `${metric} ${rounded(score)}${missing.length === 0 ? "" : `, not found: ${shorten(missing.join(", "), 120)}`}`,
          fault: { class: "retrieval", ...(step != null && { step }) },
        };
      },
    };
  },
  examples: [
    {
      title: "gives the share of the relevant documents among the first k",
      settings: { metric: "recall@2", threshold: 0.5 },
      output: "x",
      case: EXPECTED,
      transcript: found("H-1", "H-9", "H-2"),
      expected: { pass: true, score: 0.5, reason: "recall@2 0.5, not found: H-2" },
    },
    {
      title: "passes at 1 without a threshold",
      settings: { metric: "recall@3" },
      output: "x",
      case: EXPECTED,
      transcript: found("H-1", "H-9", "H-2"),
      expected: { pass: true, score: 1 },
    },
    {
      title: "divides precision by k",
      settings: { metric: "precision@4", threshold: 0.5 },
      output: "x",
      case: EXPECTED,
      transcript: found("H-1"),
      expected: { pass: false, score: 0.25, reason: "precision@4 0.25, not found: H-2" },
    },
    {
      title: "gives 1 / rank of the first relevant document",
      settings: { metric: "mrr", threshold: 0.5 },
      output: "x",
      case: EXPECTED,
      transcript: found("H-9", "H-8", "H-2"),
      expected: { pass: false, score: 1 / 3 },
    },
    {
      title: "counts a document less the later its rank is",
      settings: { metric: "ndcg@3", threshold: 0.9 },
      output: "x",
      case: EXPECTED,
      transcript: found("H-1", "H-9", "H-2"),
      expected: { pass: true, score: 0.9197207891481876 },
    },
    {
      title: "gives 0 when no search was made",
      settings: { metric: "recall@3" },
      output: "x",
      case: EXPECTED,
      expected: { pass: false, score: 0, reason: "nothing was looked for" },
    },
  ],
});
