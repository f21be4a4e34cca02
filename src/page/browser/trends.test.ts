// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { PastRun } from "../../domain/report.ts";
import type { RunSummary } from "../../domain/viewed-run.ts";
import { trendOf } from "./charts.tsx";
import { suitesOf } from "./home-view.tsx";
import { summary } from "./testing/fake-source.ts";

const run = (
  id: string,
  target: string,
  value: number | null,
  changes: Partial<RunSummary> = {},
): RunSummary => ({
  ...{ ...summary, id, target, pass_rate: { value } },
  ...changes,
});
const other: Partial<RunSummary> = { outcome: "not_gated", verdict: "none" };

describe("the card of a suite", () => {
  it("shows the newest gated run, with the trend of its target alone", () => {
    const runs = [
      run("6", "large", 0.9, other),
      run("5", "small", 0.7),
      run("4", "large", 0.95, other),
      run("3", "small", null),
      run("2", "small", 0.6, other),
      run("1", "tiny", 0.1),
    ];
    expect(suitesOf(runs)).toEqual([{ name: "triage", shown: runs[1], rates: [0.6, 0.7] }]);
  });

  it("shows a run under way, and without a gated run the newest", () => {
    const open = run("3", "small", null, { status: "running", outcome: null });
    const ended = [run("2", "large", 0.9, other), run("1", "small", 0.7, other)];
    expect(suitesOf([open, ...ended])[0]?.shown).toBe(open);
    expect(suitesOf(ended)[0]).toEqual({ name: "triage", shown: ended[0], rates: [0.9] });
  });
});

describe("the trend of a run", () => {
  it("has only runs of the run's own target", () => {
    const past = (id: string, target: string, value: number | null): PastRun => ({
      ...{ id, target, started_at: "2025-03-01T12:00:00Z", pass_rate: { value } },
    });
    const history = [
      past("1", "small", 0.5),
      past("2", "large", 1),
      past("3", "small", null),
      past("4", "small", 0.6),
    ];
    expect(trendOf(history).map(({ id }) => id)).toEqual(["1", "4"]);
    expect(trendOf([])).toEqual([]);
  });
});
