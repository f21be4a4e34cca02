import type { RE2JS } from "re2js";
import * as z from "zod";
import { type DocumentedScorer, defineScorer, hit, miss } from "../define-scorer.ts";
import { shorten, show } from "./brief.ts";
import { compileRegex, type RegexFlags } from "./linear-regex.ts";
import type { ScorerExample } from "./scorer-example.ts";
import { asText, textOperand } from "./text-options.ts";

/** Number of compiled patterns to cache. Caching helps, because all trials of a case use the same pattern. */
const KEPT = 256;
const kept = new Map<string, RE2JS>();

function compiled(pattern: string, flags: RegexFlags): RE2JS {
  const key = `${flags.ignore_case} ${flags.multiline} ${flags.dotall} ${pattern}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const regex = compileRegex(pattern, ["value"], flags);
  if (kept.size >= KEPT) kept.clear();
  kept.set(key, regex);
  return regex;
}

interface RegexSearch {
  readonly type: string;
  readonly about: string;
  readonly wants: "found" | "absent";
  readonly examples: readonly ScorerExample[];
}

/** Defines a scorer that searches an answer for a match of a regular expression. */
export function defineRegexSearch({ type, about, wants, examples }: RegexSearch): DocumentedScorer {
  return defineScorer({
    type,
    about,
    options: {
      ignore_case: z.boolean().default(false).describe("Ignore letter case, like (?i)"),
      multiline: z.boolean().default(false).describe("^ and $ match at line ends too, like (?m)"),
      dotall: z.boolean().default(false).describe(". matches a line end too, like (?s)"),
      full: z.boolean().default(false).describe("The whole text must match, not a part of it"),
    },
    operand: "required",
    grades: "binary",
    readOperand: (value, flags) => compiled(textOperand(value), flags),
    compile: ({ full }) => ({
      score(actual, pattern) {
        const matcher = pattern.matcher(asText(actual));
        const found = full ? matcher.matches() : matcher.find();
        const shown = `/${shorten(pattern.pattern())}/`;
        const statement = found ? `matches ${shown}` : `does not match ${shown}`;
        if (found === (wants === "found")) return hit(statement);
        return miss(
          found ? `must not match ${shown}: ${show(matcher.group() ?? "")}` : `${statement}: ${show(actual)}`,
        );
      },
    }),
    examples,
  });
}
