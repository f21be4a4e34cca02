import { afterAll, describe, expect, it } from "vitest";
import type { Score } from "../domain/score.ts";
import { ScorerFailure } from "../domain/scorer.ts";
import type { ScorerExample } from "./frame/scorer-example.ts";
import { scorers } from "./registry.ts";
import { fakeInput, fakeRepository, openScorer, removeRepositories } from "./testing/scorer-fakes.ts";
import { inTurn, scriptedJudges } from "./testing/scripted-judges.ts";

afterAll(removeRepositories);

async function scoreExample(type: string, example: ScorerExample): Promise<Score> {
  const root = fakeRepository(example.files);
  const judges = example.replies && scriptedJudges(example.files ?? {}, inTurn(example.replies));
  const scorer = await openScorer({ type, ...example.settings }, { root, judges });
  try {
    return await scorer.score(fakeInput(example.output, example.case, example.transcript));
  } finally {
    await scorer.close?.();
  }
}

for (const name of scorers.names) {
  const definition = await scorers.load(name);
  describe(name, () => {
    it("is registered under its own type and has examples", () => {
      expect(definition?.type).toBe(name);
      expect(definition?.examples.length).toBeGreaterThan(1);
    });

    for (const example of definition?.examples ?? []) {
      it(example.title, async () => {
        const { expected } = example;
        if ("failure" in expected) {
          const failure = await scoreExample(name, example).then(
            () => undefined,
            (error: unknown) => error,
          );
          expect(failure).toBeInstanceOf(ScorerFailure);
          expect((failure as Error).message).toContain(expected.failure);
          return;
        }
        const { score, pass, reason } = await scoreExample(name, example);
        expect({ pass, reason }).toEqual({ pass: expected.pass, reason: expected.reason ?? reason });
        if (expected.score !== undefined) expect(score).toBeCloseTo(expected.score, 12);
      });
    }
  });
}
