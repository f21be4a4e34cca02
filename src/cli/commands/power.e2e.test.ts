import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario("requirement-missed");
});
afterEach(() => repo.remove());

const json = async (args: string) => JSON.parse((await repo.evals(`${args} --json`)).stdout);

describe("evals power", () => {
  it("without a run and without assumptions prints what to type", async () => {
    const { exit, stdout, stderr } = await repo.evals("power triage");
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("evals run triage");
    expect(stderr).toContain("--pass-rate");
    expect(await json("power triage")).toMatchObject({
      schema: "evals.power/1",
      problems: [{ code: "EVALS_POWER_UNKNOWN" }],
    });
  });

  it("plans from what is stated, in 80 columns", async () => {
    const { exit, stdout } = await repo.evals(
      "power triage --pass-rate 0.8 --correlation 0.5 --cases 100 --trials 5 --drop 0.03",
    );
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^triage {3}to detect 3 points with 80 % power: 220 cases × 5, or 110 × 10\n/);
    expect(stdout).toContain("[4.4]");
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("takes shares in per cent too", async () => {
    const { assumptions } = await json(
      "power triage --pass-rate 80% --drop 3% --power 90% --correlation 50%",
    );
    expect(assumptions).toMatchObject({ pass_rate: 0.8, drop: 0.03, power: 0.9, correlation: 0.5 });
  });

  it.each([
    ["pass^2", true],
    ["score.queue", true],
    ["pass_rate", false],
  ])("says that its sizes are for the pass rate where the suite's rule is about %s", async (metric, says) => {
    repo.edit(
      "evals/triage.yaml",
      "gate:\n",
      `gate:\n  regression: { metric: "${metric}", max_drop: 0.1 }\n`,
    );
    const { stdout } = await repo.evals("power triage --pass-rate 0.8 --correlation 0.5");
    expect(stdout).toMatch(/^triage {3}to detect 10 points/);
    expect(stdout.replace(/\s+/g, " ").includes(`The suite's rule is about ${metric}: these sizes`)).toBe(
      says,
    );
  });

  it("takes unstated assumptions from the history", async () => {
    await repo.evals("run --quiet");
    const { runs } = await json("history triage");
    const document = await json("power triage");
    expect(document).toMatchObject({
      schema: "evals.power/1",
      exit: 0,
      suite: "triage",
      assumptions: {
        pass_rate: runs[0].metrics.pass_rate.value,
        drop: 0.03,
        power: 0.8,
        cases: 4,
        trials: 2,
        baseline_trials: 2,
        runs: 1,
      },
    });
    expect(Object.keys(document.table[0])).toEqual(["cases", "trials", "detectable_drop", "calls"]);
    expect(document.needed.length).toBeGreaterThan(1);
    expect(document.expected_calls.unchanged).toBeLessThanOrEqual(8);
    const own = document.table.find(
      (one: { cases: number; trials: number }) => one.cases === 4 && one.trials === 2,
    );
    expect(own.detectable_drop).toBe(document.detectable_drop);
  });

  it.each([
    ["--drop 3", "EVALS_OPTION_INVALID"],
    ["--power 0", "EVALS_OPTION_INVALID"],
    ["--correlation nan", "EVALS_OPTION_INVALID"],
    ["--trials 1.5", "EVALS_OPTION_INVALID"],
    ["--pass-rate 0.2 --drop 0.3", "EVALS_POWER_DROP"],
  ])("refuses %s", async (args, code) => {
    const { exit, stderr } = await repo.evals(`power triage ${args}`);
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
  });
});

describe("evals history of a suite", () => {
  it("shows the trend, whether the suite is stable, and its flaky cases", async () => {
    await repo.evals("run --quiet");
    await repo.evals("run --quiet");
    const { stdout } = await repo.evals("history triage");
    expect(stdout).toContain("pass rate");
    // The second run replays the same recording, so it adds no information.
    expect(stdout).toContain("stability unknown: two runs with new answers to all cases");
    expect(stdout).toContain("evals history triage --flaky");
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect((await repo.evals("history triage --flaky")).stdout).toMatch(/password-reset\s+1\/2\s+100.0 %/);
    const { stability } = await json("history triage");
    expect(stability).toMatchObject({ verdict: "unknown", compared: 1, flaky: [{ id: "password-reset" }] });
  });

  it("with --csv is a table for a spreadsheet", async () => {
    await repo.evals("run --quiet");
    const { exit, stdout } = await repo.evals("history --csv");
    expect(exit).toBe(0);
    const [head = "", line = ""] = stdout.split("\n");
    expect(head.split(",")).toHaveLength(18);
    expect(line.split(",")).toHaveLength(18);
  });

  it.each(["history --flaky", "history triage --csv --json", "history triage --csv --flaky"])(
    "refuses %s",
    async (args) => {
      expect((await repo.evals(args)).exit).toBe(2);
    },
  );
});
