import { describe, expect, it } from "vitest";
import type { Score } from "../domain/score.ts";
import { type OpenScorer, type ScoreInput, ScorerFailure } from "../domain/scorer.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { scoreTrial } from "./score-trial.ts";

const pass: Score = { score: 1, pass: true, reason: "well done" };
const miss: Score = { score: 0, pass: false, reason: "not done" };

describe("a judge that only says why trials fail", () => {
  const scorer = (
    name: string,
    type: string,
    result: Score | ScorerFailure,
    more: object = {},
  ): OpenScorer => ({
    ...{ name, type, required: true, identity: name, reads: [], files: [], binary: true },
    score: () => {
      if (result instanceof ScorerFailure) throw result;
      return result;
    },
    ...more,
  });

  /** Its score; null when it was not asked, undefined when the case does not name it. */
  async function asked(others: readonly OpenScorer[], answer: object = {}, own?: readonly string[]) {
    let times = 0;
    const why = scorer("why", "judge", miss, { required: false, opinion: true, judge_when: "unexplained" });
    const counted: OpenScorer = {
      ...why,
      score: async (input) => {
        times++;
        return why.score(input);
      },
    };
    const input: ScoreInput = {
      golden: { id: "c", input: "q", tags: [], metadata: {}, ...(own === undefined ? {} : { scorers: own }) },
      trial: 1,
      transcript: {
        ...{
          output: "a",
          messages: [],
          tool_calls: [],
          usage: UNKNOWN_USAGE,
          latency_ms: null,
          cost_usd: null,
        },
        ...answer,
      } as unknown as ScoreInput["transcript"],
    };
    const scoring = await scoreTrial([counted, ...others], input);
    return [times, scoring.kind === "scored" ? [scoring.pass, scoring.scores[0]] : scoring.kind];
  }

  const fails = scorer("exact", "equals", miss);
  const stopped = { trajectory: { steps: 3, stopped: "steps" } };
  const called = { id: "1", name: "pay", arguments: {}, error: "no such order" };

  it("is asked of a failed trial that no rule explains, without a word in whether it passes", async () => {
    expect(await asked([fails])).toEqual([1, [false, miss]]);
    const failsIt = scorer("late", "judge", miss, { opinion: true, judge_when: "passed" });
    expect(await asked([scorer("exact", "equals", pass), failsIt])).toEqual([1, [false, miss]]);
  });

  it.each<[string, readonly OpenScorer[], object?, (readonly string[] | undefined)?, unknown?]>([
    ["passes", [scorer("exact", "equals", pass)], {}, undefined, [true, null]],
    [
      "passes, and an optional scorer misses",
      [scorer("a", "equals", miss, { required: false })],
      {},
      undefined,
      [true, null],
    ],
    ["fails by a scorer whose type says why", [scorer("shape", "json-schema", miss)]],
    [
      "fails by a scorer that says why",
      [scorer("calls", "tool-calls", { ...miss, fault: { class: "tool-choice" } })],
    ],
    ["was stopped by a limit", [scorer("exact", "equals", pass)], stopped],
    ["was refused", [fails], { refusal: "I cannot do that." }],
    ["was cut off", [fails], { finish_reason: "length" }],
    ["went on after a failed call", [fails], { tool_calls: [called] }],
    [
      "cannot be scored",
      [scorer("exact", "equals", new ScorerFailure("tool", "crashed"))],
      {},
      undefined,
      "failed",
    ],
    ["has scorers of its own", [fails], {}, ["exact"], [false, undefined]],
  ])("is not asked of a trial that %s", async (_, others, answer, own, left = [false, null]) => {
    expect(await asked(others, answer, own)).toEqual([0, left]);
  });
});
