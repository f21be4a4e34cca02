import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitProject, ownGit } from "../testing/git-project.ts";

let restore: () => void;
beforeEach(() => {
  restore = ownGit();
});
afterEach(() => restore());

const ANSWERS = ["billing", "Billing", "bill", "shipping", "", 'a "quoted"\nanswer', "Größe"];
/** Generates cases with their answers in the baseline and in the new run. */
const generated = fc.record({
  ids: fc.uniqueArray(
    fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom("é", "two\nlines", '"')),
    {
      minLength: 3,
      maxLength: 15,
    },
  ),
  answers: fc.array(fc.constantFrom(...ANSWERS), { minLength: 120, maxLength: 120 }),
});

function filesOf(ids: readonly string[], answers: readonly string[]): Record<string, string> {
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return {
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": "models:\n  told: { provider: outputs, file: fixtures/told.jsonl }\n",
    "evals/s.yaml":
      "dataset: d\nmodel: told\ntrials: 4\nscorers:\n  - { type: equals, name: exact }\n  - { type: levenshtein, name: near, threshold: 0.5, required: false }\ngate:\n  regression: [{ metric: pass_rate }, { metric: score.near }]\n",
    "datasets/d.jsonl": lines(ids.map((id) => ({ id, input: id, expected: "billing" }))),
    "fixtures/told.jsonl": lines(
      ids.flatMap((id, n) =>
        [1, 2, 3, 4].map((trial) => ({ case: id, trial, output: answers[(n * 4 + trial) % answers.length] })),
      ),
    ),
  };
}

describe("a baseline file that a fresh clone reads", () => {
  it("gives exactly the same comparison as the stored run", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(generated, async ({ ids, answers }) => {
        const repo = gitProject(filesOf(ids, answers.slice(0, 60)));
        try {
          const first = (await repo.json(["run"])).document.runs[0];
          expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
          // The new run has other answers and another order of the cases.
          repo.commit(filesOf([...ids].reverse(), answers.slice(60)));
          repo.git("push", "-q", "origin", "main");
          const stored = await repo.json(["run", "--baseline", first.id]);
          const cloned = await repo.clone("main").json(["run"]);
          const [own, fresh] = [stored.document.runs[0], cloned.document.runs[0]];
          expect([cloned.exit, fresh.gate]).toEqual([stored.exit, own.gate]);
          const summary = ({ comparison }: typeof own): object => ({
            ...comparison,
            baseline: { ...comparison.baseline, side: "", file: undefined, run: null },
            candidate: { ...comparison.candidate, side: "", run: null },
            // The baseline was promoted without answers.
            examples: [],
          });
          expect(JSON.stringify(summary(fresh))).toBe(JSON.stringify(summary(own)));
          expect(fresh.fingerprint).toBe(own.fingerprint);
        } finally {
          repo.remove();
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
