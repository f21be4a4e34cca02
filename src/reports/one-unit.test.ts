import { describe, expect, it } from "vitest";
import { eachCaseRule } from "../domain/gate-rule.ts";
import { metricUnit, PLAIN_METRICS } from "../domain/metric-unit.ts";
import type { ReportedRun } from "../domain/report.ts";
import { gateRule } from "../domain/testing/gate-rules.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { READ_BY_PEOPLE } from "./testing/every-report.ts";
import { header, report, reportedRun } from "./testing/reported-run.ts";

/** Names for a scorer that are also the name of a unit or metric. */
const NAMES = [
  "latency",
  "latency_p95",
  "cost",
  "cost_usd",
  "tokens",
  "output_tokens",
  "tool_calls",
  "p95 ms",
  "removed",
];

function runWith(scorer: string): ReportedRun {
  const metric = `score.${scorer}`;
  const rule = gateRule({ rule: `require ${metric}`, outcome: "failed", value: 0.6543, required: ">= 0.9" });
  const own = { ...header, scorers: header.scorers.slice(0, 1).map((one) => ({ ...one, name: scorer })) };
  return reportedRun({
    ...report,
    header: own,
    metrics: { pass_rate: { value: 0.6543 }, [metric]: { value: 0.6543, low: 0.61, high: 0.71 } },
    gate: { ...report.gate, rules: [rule] },
    comparison: null,
  });
}

describe.each(Object.entries(READ_BY_PEOPLE))("the report for %s", (_, write) => {
  it.each(NAMES)("reports the share of a scorer called %s in per cent", async (name) => {
    const text = await write(runWith(name));
    expect(text).toContain("65.4 %");
    expect(text).toContain("90 %");
    expect(text).not.toMatch(/\b[01] ms|\$0\.65|\b0\.7\b/);
  });
});

it.each(Object.entries(READ_BY_PEOPLE))(
  "the report for %s has one unit for the share of each case",
  async (_, write) => {
    const rule = {
      ...eachCaseRule({ op: ">=", value: 0.8 }),
      ...{ outcome: "failed", value: 0.4, required: ">= 0.8" },
    } as RuleResult;
    const run = runWith("tone");
    const text = await write({
      ...run,
      report: { ...run.report, gate: { ...run.report.gate, rules: [rule] } },
    });
    expect(text).toContain("40.0 %");
    expect(text).toMatch(/≥ 80 %/);
    expect(text).not.toMatch(/0\.8\b/);
  },
);

describe("metricUnit", () => {
  it("follows the kind of a metric, not its name", () => {
    for (const name of [...NAMES, ...Object.keys(PLAIN_METRICS)])
      expect(metricUnit(`score.${name}`)).toBe("ratio");
    expect(metricUnit("judge.cost_usd.agreement")).toBe("ratio");
    expect(metricUnit("pass^3")).toBe("ratio");
    expect(metricUnit("latency_p95")).toBe("ms");
  });
});
