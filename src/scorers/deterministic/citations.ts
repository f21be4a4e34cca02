import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { casePath } from "../case-path.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { counted, shorten } from "../frame/brief.ts";
import { citationsIn, sourceNames } from "../frame/find-citations.ts";
import { OperandMistake } from "../frame/scorer-mistakes.ts";
import { failureOf } from "../frame/scorer-operand.ts";
import { asText, textListOperand } from "../frame/text-options.ts";

const SHOWN = 5;

export const citations = defineScorer({
  type: "citations",
  about:
    "Every source that the answer cites, as [1], [1, 3], [^2] or [doc-7], is one of the case's sources. `value` or `against` can give a list of ids that the answer must cite. Sources are a list of texts or of objects with an `id`, or an object from id to text; they are cited by place (from 1) or by id.",
  options: {
    context: z.string().min(1).default("metadata.context").describe("Where in the case the sources are"),
    min: z.int().min(0).default(1).describe("Least number of different sources to cite"),
  },
  operand: "optional",
  grades: "binary",
  readOperand: (value): readonly string[] | undefined => textListOperand(value),
  compile({ context, min }) {
    const sourcesOf = casePath(context, ["context"]);
    return {
      reads: [context],
      refuses: (golden) => failureOf(() => readSources(sourcesOf(golden), context, golden.id)),
      score(actual, required, { golden }) {
        const known = readSources(sourcesOf(golden), context, golden.id);
        const cited = citationsIn(asText(actual), known);
        const unknown = cited.filter((one) => !known.has(one));
        if (unknown.length > 0) return miss(`cites ${list(unknown)}, which is not among the sources`);
        const missing = (required ?? []).filter((one) => !cited.includes(one));
        if (missing.length > 0) return miss(`does not cite ${list(missing)}`);
        if (cited.length < min)
          return miss(`cites ${counted(cited.length, "source")}, at least ${min} wanted`);
        return hit(cited.length === 0 ? "cites nothing" : `cites ${list(cited)}`);
      },
    };
  },
  examples: [
    {
      title: "passes citations of the case's sources, by place or by id",
      settings: {},
      output: "Refunds take five days [1], weekends apart [faq-2].",
      case: { metadata: { context: ["Refunds take five days.", { id: "faq-2", text: "…" }] } },
      expected: { pass: true, score: 1, reason: "cites [1], [faq-2]" },
    },
    {
      title: "fails a citation of an unknown source",
      settings: {},
      output: "It is free [1-3].",
      case: { metadata: { context: ["a", "b"] } },
      expected: { pass: false, score: 0, reason: "cites [3], which is not among the sources" },
    },
    {
      title: "fails an answer that cites nothing",
      settings: {},
      output: "It is free. [sic] [see](https://example.com)",
      case: { metadata: { context: ["a"] } },
      expected: { pass: false, reason: "cites 0 sources, at least 1 wanted" },
    },
    {
      title: "fails an answer that does not cite a required source",
      settings: { against: "expected.sources", context: "input.documents" },
      output: "Yes [a-1].",
      case: { input: { documents: { "a-1": "x", "b-2": "y" } }, expected: { sources: ["a-1", "b-2"] } },
      expected: { pass: false, reason: "does not cite [b-2]" },
    },
    {
      title: "can let an answer without citations through",
      settings: { min: 0 },
      output: "I do not know.",
      case: { metadata: { context: [] } },
      expected: { pass: true, reason: "cites nothing" },
    },
    {
      title: "cannot score a case without sources",
      settings: {},
      output: "Yes [1].",
      expected: { failure: "has no metadata.context" },
    },
  ],
});

function readSources(sources: Json | undefined, context: string, id: string): ReadonlySet<string> {
  if (sources === undefined) throw new ScorerFailure("tool", `case ${id} has no ${context}`);
  try {
    return sourceNames(sources);
  } catch (error) {
    if (!(error instanceof OperandMistake)) throw error;
    throw new ScorerFailure("tool", `${context} of case ${id} cannot be used: ${error.message}`, {
      cause: error,
    });
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `[${shorten(name, 30)}]`);
  return shown.join(", ") + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "");
}
