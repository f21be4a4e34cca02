import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
afterEach(() => repo.remove());

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const SUITE = `dataset: shop
model: recorded
trials: 2
scorers:
  - { type: contains, name: greets, value: hello }
  - { type: equals, name: exact }
  - { type: length, name: short, max: 5, unit: characters, required: false }
gate: { regression: false }
`;

const CASES = [
  { id: "greeting", input: "hi", scorers: ["greets"] },
  { id: "sum", input: "2+3", expected: "5", scorers: ["exact", "short"], trials: 4 },
  { id: "both", input: "hi", expected: "hello" },
];

const OUTPUTS = [
  ...["hello you", "bye"].map((output) => ({ case: "greeting", output })),
  ...["5", "5", "five", "5"].map((output) => ({ case: "sum", output })),
  ...["hello", "hello"].map((output) => ({ case: "both", output })),
];

beforeEach(() => {
  repo = scenario(null);
  for (const folder of ["evals", "datasets", "fixtures"]) mkdirSync(join(repo.root, folder));
  repo.write("evalconfig.yaml", "models:\n  recorded: { provider: outputs, file: fixtures/out.jsonl }\n");
  repo.write("evals/shop.yaml", SUITE);
  repo.write("datasets/shop.jsonl", lines(CASES));
  repo.write("fixtures/out.jsonl", lines(OUTPUTS));
});

const run = async (args = "") => {
  const { exit, stdout } = await repo.evals(`run --json --baseline none ${args}`.trim());
  const document = JSON.parse(stdout);
  return { exit, document, run: document.runs[0], problems: document.problems };
};

describe("a case with scorers of its own", () => {
  it("is scored only by them, and they decide whether it passes", async () => {
    const { exit, run: done } = await run();
    expect(exit).toBe(0);
    expect(done.metrics["score.greets"].value).toBeCloseTo((0.5 + 1) / 2);
    expect(done.metrics["score.exact"].value).toBeCloseTo((0.75 + 1) / 2);
    expect(done.metrics.pass_rate.value).toBeCloseTo((0.5 + 0.75 + 1) / 3);
  });

  it("shows no score of the others", async () => {
    const { run: done } = await run();
    const { stdout } = await repo.evals(`show ${done.id} --case greeting --json`);
    const scores = JSON.parse(stdout).trials.map((one: { scores: unknown[] }) => one.scores);
    expect(scores[0].slice(1)).toEqual([null, null]);
  });

  it("needs nothing that only other scorers read", async () => {
    expect((await run()).problems).toBeUndefined();
    repo.write("datasets/shop.jsonl", lines(CASES.map(({ scorers: _, ...one }) => one)));
    expect((await run()).problems[0].code).toBe("EVALS_CASE_NO_EXPECTED");
  });

  it.each([
    [["greet"], 'names a scorer "greet" that the suite does not have. Did you mean "greets"?'],
    [["short"], "names no required scorer, only short"],
  ])("is refused with %j", async (scorers, what) => {
    repo.write("datasets/shop.jsonl", lines([...CASES.slice(1), { id: "greeting", input: "hi", scorers }]));
    const { exit, problems } = await run();
    expect(exit).toBe(2);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: "EVALS_CASE_SCORERS", path: "datasets/shop.jsonl", line: 3 });
    expect(problems[0].what).toContain(what);
  });

  it("leaves no requirement undecided because of scorers that it does not use", async () => {
    repo.edit("evals/shop.yaml", "gate: {", 'gate: { require: { score.exact: ">= 0.1" },');
    const { run: done } = await run();
    expect(done.gate.rules[0]).toMatchObject({ rule: "require score.exact", outcome: "passed" });
  });
});

describe("a case with trials of its own", () => {
  it("is asked that often, and the others as often as the suite says", async () => {
    expect((await run()).run.counts).toMatchObject({ trials: 8, answered: 8 });
  });

  it("is asked as often as the command line says", async () => {
    expect((await run("--trials 1")).run.counts.trials).toBe(3);
  });

  it.each([0, 1001, 2.5, "4"])("is refused with %j trials", async (trials) => {
    repo.write("datasets/shop.jsonl", lines([{ id: "a", input: 1, trials }]));
    expect((await run()).problems[0]).toMatchObject({ path: "datasets/shop.jsonl", line: 1 });
  });

  it("reads both from a table", async () => {
    repo.write("evals/shop.yaml", SUITE.replace("dataset: shop", "dataset: datasets/shop.csv"));
    repo.write(
      "datasets/shop.csv",
      "id,input,expected,trials,scorers\ngreeting,hi,,,greets\nsum,2+3,5,4,exact; short\nboth,hi,hello,,\n",
    );
    expect((await run()).run.counts.trials).toBe(8);
    repo.write("datasets/shop.csv", "id,input,trials\na,hi,often\n");
    expect((await run()).problems[0]).toMatchObject({ code: "EVALS_CASE_INVALID", line: 2 });
  });
});

describe("gate.each_case", () => {
  const gate = async (bound: string) => {
    repo.write("evals/shop.yaml", SUITE.replace("gate: {", `gate: { each_case: "${bound}",`));
    return run();
  };

  it("fails when one case passes too few of its own trials, and names it", async () => {
    repo.write("datasets/shop.jsonl", lines(CASES.slice(0, 2)));
    repo.write("fixtures/out.jsonl", lines(OUTPUTS.slice(0, 6)));
    const low = await gate(">= 0.6");
    expect(low.exit).toBe(1);
    expect(low.run.gate.rules).toEqual([
      expect.objectContaining({ rule: "each_case", outcome: "failed", value: 0.5, required: ">= 0.6" }),
    ]);
    expect((await gate(">= 0.5")).exit).toBe(0);
  });

  it.each(["<= 0.8", ">= 80", "0.8", "> 1"])("refuses %j", async (bound) => {
    const { exit, problems } = await gate(bound);
    expect(exit).toBe(2);
    expect(problems[0]).toMatchObject({ code: "EVALS_BOUND_INVALID", path: "evals/shop.yaml" });
  });
});

it("tells a module that is a Git LFS pointer as one", async () => {
  mkdirSync(join(repo.root, "scorers"));
  repo.write(
    "scorers/tone.mjs",
    `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`,
  );
  repo.write(
    "evals/shop.yaml",
    "dataset: shop\nmodel: recorded\nscorers:\n  - { type: module, file: scorers/tone.mjs }\n",
  );
  repo.write("datasets/shop.jsonl", lines([{ id: "both", input: "hi" }]));
  repo.write("fixtures/out.jsonl", lines([{ case: "both", output: "hello" }]));
  const { exit, stderr, stdout } = await repo.evals("check");
  expect(exit).toBe(2);
  expect(`${stdout}${stderr}`).toContain('git lfs pull --include "scorers/tone.mjs"');
});
