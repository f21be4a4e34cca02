import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { scorers } from "./registry.ts";

/** Values that hardly any option takes. */
const WRONG: readonly unknown[] = ["???", "recall@0", -1, 0.5, true, "", [], {}, ["???"], { "???": "???" }];

/** The words of ours, not zod's: they stand behind `"scorers[0].metric" must be`, and before `, not the text "???"`. */
function wordsOf(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === "invalid_union") return issue.errors.flatMap(wordsOf);
    return issue.code === "custom" || issue.code === "invalid_format" ? [issue.message] : [];
  });
}

describe("a wrong value of a scorer's option", () => {
  it.each(scorers.names)("is told as what %s takes, so that the sentence can be read", async (type) => {
    const settings = (await scorers.load(type))?.settings as z.ZodObject;
    const options = Object.keys(settings.shape).filter((key) => key !== "type");
    expect(options).not.toEqual([]);
    for (const option of options) {
      for (const value of WRONG) {
        const { error } = settings.safeParse({ type, [option]: value });
        for (const words of wordsOf(error?.issues ?? []))
          expect(words, `${option}: ${JSON.stringify(value)}`).not.toMatch(
            /^(?:is|are|must|not|cannot|should)\b/,
          );
      }
    }
  });
});
