import { describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { type MeasuredTrace, measureTraffic } from "./traffic-metrics.ts";

const trace = (more: Partial<MeasuredTrace> = {}): MeasuredTrace => ({
  ...{ session: null, failed: false, latency_ms: 100, cost_usd: 0.5, refused: false },
  ...{ pass: true, scores: [1], scored: true, error: null, ...more },
});
const rate = (traces: readonly MeasuredTrace[]) => measureTraffic(null, traces, ["x"]).metrics.pass_rate;

describe("the figures of a day's traffic", () => {
  it("count each trace once", () => {
    const traces = [
      trace({ pass: false, scores: [0] }),
      trace({ cost_usd: 1.5, latency_ms: 300 }),
      trace({ failed: true, pass: null, scores: [null], scored: false, error: "timeout", latency_ms: 9 }),
      trace({ pass: null, scores: [null], scored: false, session: "s" }),
    ];
    expect(measureTraffic("2026-05-04", traces, ["x"])).toMatchObject({
      ...{ day: "2026-05-04", traces: 4, sessions: 4, scored: 2, errors: { timeout: 1 } },
      metrics: {
        pass_rate: { value: 0.5 },
        "score.x": { value: 0.5 },
        error_rate: { value: 0.25 },
        refusal_rate: { value: 0 },
        latency_p50: { value: 100 },
        cost_usd: { value: 3 },
        cost_per_trace: { value: 0.75 },
      },
    });
  });

  it("are unknown where nothing is known, never 0", () => {
    const { metrics } = measureTraffic(
      null,
      [trace({ cost_usd: null, refused: null, pass: null, scores: [null], latency_ms: null })],
      ["x"],
    );
    for (const name of ["cost_usd", "refusal_rate", "pass_rate", "score.x", "latency_p99"])
      expect(metrics[name]?.value, name).toBeNull();
  });

  it("have no interval from one session alone", () => {
    expect(rate([trace({ session: "s" }), trace({ session: "s", pass: false })])).toEqual({
      ...{ value: 0.5, low: null, high: null },
    });
  });

  it("have intervals that depend on the number of sessions, not of traces", () => {
    const width = (traces: readonly MeasuredTrace[]): number => {
      const { low, high } = rate(traces) ?? {};
      return (high ?? 1) - (low ?? 0);
    };
    const single = Array.from({ length: 20 }, (_, at) => trace({ session: `s${at}`, pass: at % 4 > 0 }));
    const repeated = single.flatMap((one) => Array(5).fill(one));
    expect(width(repeated)).toBeCloseTo(width(single), 3);
    const own = repeated.map((one, at) => ({ ...one, session: `s${at}` }));
    expect(width(own)).toBeLessThan(0.6 * width(single));
  });

  it("have intervals that cover the truth about 95 times in 100", () => {
    const next = seededRandom("traffic");
    let covered = 0;
    for (let round = 0; round < 400; round++) {
      const traces = Array.from({ length: 40 }, (_, session) => {
        // Half of the sessions pass nearly always, the others less often.
        const chance = next() < 0.5 ? 0.95 : 0.65;
        return Array.from({ length: 1 + Math.floor(4 * next()) }, () =>
          trace({ session: `${session}`, pass: next() < chance }),
        );
      }).flat();
      const { low, high } = rate(traces) ?? {};
      if ((low ?? 1) <= 0.8 && 0.8 <= (high ?? 0)) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.99);
  });
});
