import { afterEach, beforeEach, expect, it } from "vitest";
import { suite } from "../vitest.ts";
import { type NumbersProject, numbersProject } from "./testing/numbers-project.ts";

let project: NumbersProject;
let directory: string;
beforeEach(() => {
  project = numbersProject();
  directory = project.root;
});
afterEach(() => project.remove());

const worse = () => suite("numbers", { directory, prompt: "p@1.1.0", requirePassRate: 0.9 });

it("passes a suite that reaches the pass rate which the test requires", async () => {
  await expect(suite("numbers", { directory, requirePassRate: 0.9 })).toPassEvals();
  await expect(worse()).not.toPassEvals();
});

it("is not decided by the rounding of a mean", async () => {
  // Two cases pass 3 of 3 trials and three pass 2 of 3: 0.8, which as a mean of floating-point numbers is less.
  const outputs = [3, 3, 2, 2, 2].flatMap((passed, index) =>
    [1, 2, 3].map((trial) =>
      JSON.stringify({ case: `c${index}`, trial, output: trial <= passed ? "yes" : "no" }),
    ),
  );
  const cases = [0, 1, 2, 3, 4].map((index) =>
    JSON.stringify({ id: `c${index}`, input: "x", expected: "yes" }),
  );
  project.write("evalconfig.yaml", "models:\n  made: { provider: outputs, file: fixtures/shares.jsonl }\n");
  project.write("fixtures/shares.jsonl", `${outputs.join("\n")}\n`);
  project.write("datasets/shares.jsonl", `${cases.join("\n")}\n`);
  project.write(
    "evals/shares.yaml",
    "dataset: shares\nmodel: made\ntrials: 3\nscorers: [{ type: equals }]\n",
  );
  await expect(suite("shares", { directory, requirePassRate: 0.8 })).toPassEvals();
  await expect(suite("shares", { directory, requirePassRate: 0.81 })).not.toPassEvals();
});

it("fails with the report of the terminal, without colours, and with what the test requires", async () => {
  const error = await expect(worse())
    .toPassEvals()
    .then(
      () => null,
      (thrown: Error) => thrown,
    );
  expect(error?.message).toContain("pass rate");
  expect(error?.message).toContain("numbers: pass rate 66.7 %, required 90.0 % by this test");
  expect(error?.message).not.toContain("\u001b");
});

it("fails when the suite's own gate does, whatever the test requires", async () => {
  project.write(
    "evals/numbers.yaml",
    'dataset: numbers\nprompt: p@1.1.0\nmodel: bot\nscorers:\n  - { type: equals }\ngate:\n  require: { pass_rate: ">= 0.8" }\n',
  );
  await expect(expect(suite("numbers", { directory })).toPassEvals()).rejects.toThrow(/FAILED[\s\S]*80/);
});

it("treats a missing result neither as a pass nor as a failure", async () => {
  const unknown = () => suite("nmbers", { directory });
  await expect(expect(unknown()).toPassEvals()).rejects.toThrow(/EVALS_SUITE_UNKNOWN/);
  await expect(expect(unknown()).not.toPassEvals()).rejects.toThrow(/EVALS_SUITE_UNKNOWN/);
  const stopped = () => suite("numbers", { directory, signal: AbortSignal.abort() });
  await expect(expect(stopped()).toPassEvals()).rejects.toThrow(/was not run/);
  await expect(expect(stopped()).not.toPassEvals()).rejects.toThrow(/was not run/);
  await expect(expect("numbers").toPassEvals()).rejects.toThrow("toPassEvals needs a suite");
});

it("refuses an unknown option when the suite is named", () => {
  expect(() => suite("numbers", { requirePasRate: 0.9 } as never)).toThrow('Did you mean "requirePassRate"?');
});
