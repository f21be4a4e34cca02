import { describe, expect, it } from "vitest";
import type { Json } from "../../domain/json.ts";
import type { RunEnd, RunReport } from "../../domain/report.ts";
import { storedReport } from "../../domain/stored-report.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { comparison, header, report } from "../testing/reported-run.ts";
import { readRunJson } from "./read-run-json.ts";
import { runJson } from "./run-json.ts";

const written = (changes: Partial<RunReport> = {}): { readonly [name: string]: Json } =>
  JSON.parse(JSON.stringify(runJson({ ...report, ...changes })));

const ENDS: RunEnd[] = [
  { kind: "all-asked" },
  { kind: "decided" },
  { kind: "skipped", because: "budget" },
  { kind: "skipped", because: "budget", budget: { usd: 0.5, tokens: 1000 } },
  { kind: "interrupted" },
  { kind: "unreachable", message: "no route", because: "no-more" },
  { kind: "judge-unreachable", message: "no route" },
];

describe("a stored report", () => {
  it.each(ENDS)("is read back completely from a run that ended as $kind", (end) => {
    const whole: Partial<RunReport> = {
      end,
      duration_ms: 1200,
      pace: { limited_by: "concurrency", waited_ms: 20, refused: 1 },
      retries: { trials: 2, attempts: 3, waited_ms: 1200 },
      metrics: {
        pass_rate: {
          value: 0.5,
          low: null,
          high: 0.9,
          corrected: { value: null, low: null, high: null, method: null, labels: 3, why: "too few" },
        },
        cost_usd: { value: 1, source: "evalconfig.yaml" },
      },
      comparison: {
        ...comparison,
        alias: "small",
        canary: {
          ...{ run: "ca000001", asked: 20, answered: 19 },
          ...{ baseline: 0.9, today: null, p: null, stale: true },
        },
        contract: {
          ...{ prompt: "triage", from: "1.0.0", to: "1.1.0", declared: "minor", outcome: "broken" },
          ...{ needed: "major", changes: [{ what: "variables", said: "input.x is new" }], said: "It broke." },
        },
        decided: {
          ...{ trials: 40, metric: "pass_rate", delta: -0.2, low: -0.3, high: null, p: 0.01 },
          said: "It fell.",
        },
        warnings: ["baseline_stale"],
      },
    };
    const back = readRunJson(report.header, report.status, written(whole));
    expect(back).toEqual(JSON.parse(JSON.stringify({ ...report, ...whole })));
  });

  it("keeps members that a later version has added", () => {
    const json = {
      ...written(),
      gate: { ...report.gate, later: 1 },
      later: { all: true },
    } as unknown as Json;
    expect(storedReport({ report: json })).toEqual(json);
    expect(storedSummary({ report: json }).gate).toMatchObject({ later: 1 });
  });

  it("may lack members that an earlier version did not write", () => {
    const { counts, metrics, gate } = written();
    const json = { counts, metrics, gate } as Json;
    expect(readRunJson(header, "complete", json)).toMatchObject({
      notes: [],
      worst: [],
      end: { kind: "all-asked" },
      spent: { usd: null, tokens: null },
      duration_ms: null,
      never_pass: null,
      flaky: null,
    });
    expect(readRunJson(header, "complete", { counts, metrics } as Json)).toBeNull();
    expect(storedSummary({ report: { metrics } as Json })).toEqual({ metrics });
  });

  it.each([
    ["none", null],
    ["a text", "report"],
    ["a list", []],
    ["a gate without rules", { ...written(), gate: { outcome: "failed", verdict: "none" } }],
    ["an unknown outcome", { ...written(), gate: { ...report.gate, outcome: "great" } }],
    ["a metric that is no number", { ...written(), metrics: { pass_rate: { value: "0.9" } } }],
  ] as [string, Json][])("that is %s is none", (_, json) => {
    expect(storedReport({ report: json })).toBeNull();
    expect(storedSummary({ report: json })).toEqual({});
    expect(readRunJson(header, "complete", json)).toBeNull();
  });
});
