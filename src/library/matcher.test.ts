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
