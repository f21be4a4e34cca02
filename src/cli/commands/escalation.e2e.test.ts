import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  repo.write("evalconfig.yaml", "models:\n  m: { provider: outputs, file: out.jsonl }\n");
});
afterEach(() => repo.remove());

const jsonl = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("evals escalation", () => {
  it("reads a file of confidences and prints the threshold, on a terminal and as a document", async () => {
    repo.write(
      "a.jsonl",
      jsonl([
        ...Array.from({ length: 19 }, () => ({ confidence: 0.9, correct: true, stratum: "de" })),
        { confidence: 0.4, correct: false, stratum: "en", id: "x" },
      ]),
    );
    const { exit, stdout } = await repo.evals("escalation a.jsonl --target 0.99");
    expect(exit).toBe(0);
    expect(stdout).toContain("With a confidence of 0.900 or more, 100.0 % of the answers are right");
    expect(stdout).toMatch(/^en +1 /m);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(JSON.parse((await repo.evals("escalation a.jsonl --json")).stdout)).toMatchObject({
      schema: "evals.escalation/1",
      exit: 0,
      source: "a.jsonl",
      n: 20,
      threshold: { target: 0.95, value: 0.4, accuracy: 0.95 },
      conformal: { alpha: 0.1 },
    });
  });

  it("takes shares in per cent, too", async () => {
    repo.write("a.jsonl", Array.from({ length: 9 }, () => '{"confidence":0.4,"correct":true}\n').join(""));
    const { stdout } = await repo.evals("escalation a.jsonl --target 90% --alpha 20% --json");
    expect(JSON.parse(stdout)).toMatchObject({ threshold: { target: 0.9 }, conformal: { alpha: 0.2 } });
    expect((await repo.evals("escalation a.jsonl --target 900%")).exit).toBe(2);
  });

  it("names an answer that cannot be read with its article", async () => {
    repo.write("b.jsonl", "none\n");
    expect((await repo.evals("escalation b.jsonl")).stderr).toContain("why: An answer that cannot be read");
  });

  it.each([
    ['{"confidence":1.7,"correct":true}', 1, "EVALS_ESCALATION_INVALID"],
    ['{"confidence":0.7,"correct":true}\n{"confidence":0.7}', 2, "EVALS_ESCALATION_LINE"],
    ['{"scores":{"a":0.7},"label":"b"}', 1, "EVALS_ESCALATION_LABEL"],
    ['{"confidence":0.7,"correct":true}\n{"confidence":', 2, "EVALS_ESCALATION_CUT_OFF"],
  ])("refuses %j with its line", async (text, line, code) => {
    repo.write("b.jsonl", text);
    const { exit, stdout } = await repo.evals("escalation b.jsonl --json");
    expect([exit, JSON.parse(stdout)]).toMatchObject([
      2,
      { exit: 2, problems: [{ path: "b.jsonl", line, code }] },
    ]);
  });

  it("reports an unknown file or suite, and an option that is not a share", async () => {
    const { exit, stderr } = await repo.evals("escalation nothing.jsonl");
    expect([exit, stderr]).toEqual([2, expect.stringContaining("EVALS_ESCALATION_SOURCE")]);
    repo.write("a.jsonl", '{"confidence":0.4,"correct":true}\n');
    expect((await repo.evals("escalation a.jsonl")).stderr).toContain("EVALS_ESCALATION_FEW");
    expect((await repo.evals("escalation a.jsonl --target 90")).stderr).toContain("--target 0.95");
  });

  describe("of a suite", () => {
    const suite = (outputs: readonly object[], trials: number) => {
      for (const folder of ["evals", "datasets"]) mkdirSync(join(repo.root, folder));
      repo.write("evals/s.yaml", `dataset: s\nmodel: m\ntrials: ${trials}\nscorers: [{ type: contains }]\n`);
      repo.write(
        "datasets/s.jsonl",
        jsonl(["a", "b"].map((id) => ({ id, input: id, expected: "yes", tags: [`t-${id}`] }))),
      );
      repo.write("out.jsonl", jsonl(outputs));
    };

    it("uses the confidence that answers contain", async () => {
      suite(
        [
          { case: "a", output: '{"label":"yes","confidence":0.8}' },
          { case: "b", output: '{"label":"no","confidence":0.3}' },
        ],
        1,
      );
      await repo.evals("run s");
      expect(JSON.parse((await repo.evals("escalation s --json")).stdout)).toMatchObject({
        n: 2,
        accuracy: 0.5,
        threshold: { value: 0.8, accuracy: 1, escalation_rate: 0.5 },
        strata: [{ stratum: "t-a" }, { stratum: "t-b" }],
        notes: [expect.stringContaining("of each answer")],
      });
    });

    it("otherwise uses how far the trials of a case agree", async () => {
      suite(
        [
          ...["yes", "yes", "yes", "no"].map((output) => ({ case: "a", output })),
          ...["no", "maybe", "perhaps", "no"].map((output) => ({ case: "b", output })),
        ],
        4,
      );
      await repo.evals("run s");
      expect(JSON.parse((await repo.evals("escalation s --json")).stdout)).toMatchObject({
        n: 2,
        threshold: { value: 0.75, accuracy: 1, escalation_rate: 0.5 },
        notes: [expect.stringContaining("most frequent answer")],
      });
    });
  });
});
