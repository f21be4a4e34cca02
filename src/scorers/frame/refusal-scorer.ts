import * as z from "zod";
import { type DocumentedScorer, defineScorer, hit, miss } from "../define-scorer.ts";
import { asPhrase, refusalIn } from "./refusal-phrases.ts";
import type { ScorerExample } from "./scorer-example.ts";

interface RefusalSpec {
  readonly type: string;
  readonly about: string;
  readonly wants: "refusal" | "answer";
  readonly examples: readonly ScorerExample[];
}

/** Defines a scorer that passes when the answer is a refusal, or when it is not. */
export function defineRefusal({ type, about, wants, examples }: RefusalSpec): DocumentedScorer {
  return defineScorer({
    type,
    about,
    options: {
      phrases: z
        .array(z.string().min(1))
        .default([])
        .describe("Phrases of your own that show a refusal, in addition to the known ones"),
    },
    reads: "whole",
    operand: "none",
    grades: "binary",
    compile(settings) {
      const phrases = settings.phrases.map(asPhrase);
      return {
        score(_, __, { transcript }) {
          const shown = refusalIn(transcript, phrases);
          const reason = shown === undefined ? "not a refusal" : `a refusal: ${shown}`;
          return (shown !== undefined) === (wants === "refusal") ? hit(reason) : miss(reason);
        },
      };
    },
    examples,
  });
}
