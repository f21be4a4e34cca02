import { describe, expect, it } from "vitest";
import type { RunHeader } from "../domain/run.ts";
import { usageOf } from "../domain/transcript.ts";
import { makeTally, type ScoreOfTrial } from "../metrics/tally.ts";
import { scoreNotes } from "./answer-notes.ts";

function notesOf(
  scores: readonly (readonly (ScoreOfTrial | null)[])[],
  late = false,
): Promise<readonly string[]> {
  const tally = makeTally(scores.length, 2);
  for (const [case_no, one] of scores.entries())
    tally.add({
      case_no,
      kind: "answered",
      error: null,
      cached: false,
      pass: true,
      scores: one,
      latency_ms: 1,
      cost_usd: null,
      usage: usageOf({}),
      refused: null,
      tool_calls: null,
      cut: false,
    });
  const tone = { name: "tone", required: false, ...(late ? { judge_when: "passed" } : {}) };
  const header = {
    id: "aa000001",
    scorers: [{ name: "exact", required: true }, tone],
  } as unknown as RunHeader;
  return scoreNotes(header, tally, async (caseNo) => [
    { void_reasons: [null, null] },
    { void_reasons: [null, `case ${caseNo}: no dictionary`] },
  ]);
}

describe("what a report says about missing scores", () => {
  const hit: ScoreOfTrial = [1, true];

  it("is how many answers a scorer could not score, why, and what to do", async () => {
    expect(
      await notesOf([
        [hit, hit],
        [hit, null],
        [hit, null],
      ]),
    ).toEqual([
      "tone could not score 2 of 3 answers, and its mean leaves them out (case 1: no dictionary). To score them again: evals rescore aa000001",
    ]);
  });

  it("is nothing when all answers were scored, or when the judge does not score failed trials", async () => {
    expect(await notesOf([[hit, hit]])).toEqual([]);
    expect(await notesOf([[hit, null]], true)).toEqual([]);
  });
});
