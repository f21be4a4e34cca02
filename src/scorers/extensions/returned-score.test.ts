import { afterAll, describe, expect, it } from "vitest";
import type { Json } from "../../domain/json.ts";
import { fakeInput, fakeRepository, openScorer, removeRepositories } from "../testing/scorer-fakes.ts";

afterAll(removeRepositories);

/** A user's own scorers that return the answer's text as their result: a module, and a program that serves lines. */
const KINDS = {
  module: { file: "returns.mjs" },
  command: { command: ["node", "serve.mjs"], serve: "jsonl" },
};

async function scored(type: string, returned: readonly Json[], settings: Record<string, Json> = {}) {
  const root = fakeRepository({
    "returns.mjs": "export default ({ output }) => JSON.parse(output);",
    "serve.mjs":
      'import { createInterface } from "node:readline";\nfor await (const line of createInterface({ input: process.stdin })) console.log(JSON.parse(line).output);',
  });
  const options = KINDS[type as keyof typeof KINDS];
  const scorer = await openScorer({ type, ...options, ...settings }, { root });
  try {
    const results: string[] = [];
    for (const value of returned) {
      try {
        const { pass } = await scorer.score(fakeInput(JSON.stringify(value)));
        results.push(pass ? "pass" : "miss");
      } catch (error) {
        results.push(`cannot score: ${(error as Error).message}`);
      }
    }
    return results;
  } finally {
    await scorer.close?.();
  }
}

describe.each(Object.keys(KINDS))("what a %s scorer returns", (type) => {
  it("is a failure when another member contradicts its verdict, whatever that member's name", async () => {
    const returned = [
      { score: 1, pass: true, success: false },
      { score: 1, pass: true, passed: false },
      { score: 1, pass: true, isAccepted: "no" },
      { score: 1, pass: true, verdict: "FAIL" },
      { score: 0, pass: false, verdict: "pass" },
      { score: 0.9, pass: true, failed: true },
      { score: 1, pass: true, status: "failed" },
    ];
    for (const result of await scored(type, returned))
      expect(result).toMatch(/^cannot score: it contradicts itself: .* and pass: (?:true|false)$/);
  });

  it("is a failure when another member contradicts the verdict of score and threshold", async () => {
    const returned = [
      { score: 0.8, success: false },
      { score: 0.2, passed: true },
      { score: 1, verdict: "fail" },
    ];
    expect(await scored(type, returned, { threshold: 0.5 })).toEqual([
      "cannot score: it contradicts itself: success: false and the score 0.8 (threshold 0.5)",
      "cannot score: it contradicts itself: passed: true and the score 0.2 (threshold 0.5)",
      'cannot score: it contradicts itself: verdict: "fail" and the score 1 (threshold 0.5)',
    ]);
  });

  it("counts when other members agree, or are no verdicts", async () => {
    const returned = [
      { score: 1, pass: true, success: true, verdict: "pass", failed: false },
      { score: 0.2, pass: false, passed: 1, total: 5, failed: 4, reason: "1 of 5" },
      { score: 0, pass: false, status: "ok" },
      { score: 0, pass: false, status: "fail" },
      { score: 1, pass: true, status: "no error", label: "no", details: { pass: false } },
    ];
    expect(await scored(type, returned)).toEqual(["pass", "miss", "miss", "miss", "pass"]);
  });

  it("never counts when its verdict is not a boolean or its score not a number", async () => {
    const returned = [
      { pass: "false" },
      { score: 1, pass: "false" },
      { score: "1", pass: true },
      { score: null, pass: true },
      {},
      [true],
      "true",
      null,
      { score: 1, pass: true, status: "error" },
      { score: 1, pass: true, errors: ["no dictionary"] },
    ];
    for (const result of await scored(type, returned, { threshold: 0.5 }))
      expect(result).toMatch(/^cannot score: /);
  });
});
