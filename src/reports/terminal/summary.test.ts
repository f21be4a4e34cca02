import { describe, expect, it } from "vitest";
import type { Comparison } from "../../domain/report.ts";
import { comparison, header, report } from "../testing/reported-run.ts";
import { VERDICT_WORDS } from "./comparison.ts";
import { comparisonSummary, runSummary } from "./summary.ts";

const plain = { width: 80, color: false } as const;
const named = (suite: string, changes: Partial<typeof report> = {}) => ({
  ...report,
  header: { ...header, suite },
  ...changes,
});
const passed = { gate: { outcome: "passed", verdict: "none", rules: [] } } as const;
const undecided = { gate: { outcome: "undecided", verdict: "none", rules: [] } } as const;

describe("the summary of several runs", () => {
  it("has a line for each, the worst last, whatever their order, and totals below", () => {
    const failed = named("apples");
    const runs = [failed, named("pears", undecided), named("zebra", passed)];
    const expected = `PASSED      3f9c21aa   zebra     55.0 %
INCOMPLETE  3f9c21aa   pears     55.0 %   1 trial without an answer
FAILED      3f9c21aa   apples    55.0 %   score.queue 55.0 %, required ≥ 90 %
  pass rate fell 36.4 points (31.0 to 42.0) on these 4 cases: regressed
  refund-07: 15/15 before, 0/5 now
  all such cases: evals diff 3f9c21aa
  3 runs: 57 of 60 trials answered, $1.26 paid, 2 min 3 s
`;
    const whole = runs.map((one) => ({ ...one, status: "incomplete" as const }));
    for (const order of [whole, whole.toReversed()]) expect(runSummary(order, plain)).toBe(expected);
  });

  it("names the most informative case of a run without a baseline", () => {
    const failed = named("apples", {
      comparison: null,
      worst: [
        {
          id: "refund-07",
          passed: 0,
          answered: 5,
          trial: 1,
          scorer: "queue",
          reason: "no",
          output: "",
          line: 1,
        },
      ],
    });
    expect(runSummary([failed, named("pears", passed)], plain)).toMatch(
      /\nFAILED {2}3f9c21aa +apples .*\n {2}\S+: \d\/5 passed: .+\n {2}all such cases: evals show 3f9c21aa --failing\n {2}2 runs/,
    );
  });

  it("shortens long names within, so that the rates, the reasons and what tells the names apart are seen", () => {
    const long = "support-triage-routes-tickets-of-every-language";
    const lines = runSummary(
      ["(mini)", "(large)"].map((end) => named(`${long} ${end}`)),
      plain,
    ).split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/^FAILED {2}3f9c21aa {3}support-\S*….*\(mini\) +55\.0 % {3}score\.queue 55/);
    expect(lines.find((line) => line.includes("(large)"))).toMatch(/55\.0 %/);
  });

  it("fits on a screen however many runs failed", () => {
    const many = Array.from({ length: 12 }, (_, at) => named(`suite-${at}`));
    const lines = runSummary(many, plain).split("\n");
    expect(lines.length).toBeLessThan(40);
    expect(lines.filter((line) => line.startsWith("FAILED"))).toHaveLength(12);
  });

  it("reports an unknown cost as soon as the cost of one run is unknown", () => {
    const free = named("a", { spent: { usd: null, tokens: 0 } });
    expect(runSummary([free, report], plain)).toContain("answered, cost unknown, ");
  });

  it("is shown for one run that did not pass, and not for one that passed", () => {
    expect(runSummary([report], plain)).toMatch(/^FAILED {2}triage /);
    expect(runSummary([named("a", passed)], plain)).toBe("");
    expect(runSummary([], plain)).toBe("");
  });

  it("tells two models or prompts of one suite apart, and keeps to the width", () => {
    const models = ["cold", "hot"].map((alias) =>
      named("x".repeat(200), { header: { ...header, suite: "triage", alias, one_of_several: true } }),
    );
    expect(runSummary(models, plain)).toMatch(/triage \(cold\)[\s\S]*triage \(hot\)/);
    const prompts = ["1.0.0", "1.1.0"].map((version) =>
      named("x", { header: { ...header, suite: "triage", prompt: { name: "route", version } } }),
    );
    expect(runSummary(prompts, plain)).toMatch(/triage {2}route@1\.0\.0[\s\S]*triage {2}route@1\.1\.0/);
    const long = runSummary([named("x".repeat(200)), named("y".repeat(200))], plain);
    for (const line of long.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

it("a comparison of several suites ends with a line for each, the worst last", () => {
  const of = (suite: string, verdict: Comparison["verdict"]): Comparison => ({
    ...comparison,
    suite,
    verdict,
  });
  const all = [of("apples", "regressed"), of("pears", "inconclusive"), of("zebra", "no_regression")];
  expect(comparisonSummary(all, VERDICT_WORDS, plain)).toBe(`
NO REGRESSION        zebra   91.4 % → 55.0 %
NOT ENOUGH EVIDENCE  pears   91.4 % → 55.0 %
REGRESSED            apples   91.4 % → 55.0 %
`);
  expect(comparisonSummary(all.slice(1, 2), VERDICT_WORDS, plain)).toBe("");
});
