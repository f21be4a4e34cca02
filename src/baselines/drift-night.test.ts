import { describe, expect, it } from "vitest";
import { mean, sampleVariance } from "../statistics/sample-moments.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import { driftNight, seriesOf } from "./drift-night.ts";
import { driftReport, type SeriesRun } from "./drift-report.ts";
import type { Side } from "./side.ts";

const side = (trials: number, passed: readonly number[], keys = "k"): Side => ({
  ...{ label: "x", run: null, suite: "s", target: "t", prompt: null, model: null, fingerprint: null, trials },
  ids: passed.map((_, i) => `c${i}`),
  contents: passed.map((_, i) => `content ${i}`),
  keys: passed.map((_, i) => `${keys}${i}`),
  answered: passed.map(() => trials),
  passed: [...passed],
  scores: new Map(),
  tagsOf: () => [],
});

const random = seededRandom("nights");
const draw = (chances: readonly number[], trials: number): number[] =>
  chances.map((chance) => Array.from({ length: trials }, () => random() < chance).filter(Boolean).length);

const same = { sameKeys: true };

describe("driftNight", () => {
  it.each([
    ["cases that pass mostly", 60, (i: number) => 0.6 + (i % 5) / 10, 3],
    ["a suite where hardly anything ever fails", 40, () => 0.995, 3],
    ["few cases, asked once", 12, () => 0.8, 1],
  ])("measures unchanged runs of %s in standard deviations", (_, cases, chanceOf, k) => {
    const chances = Array.from({ length: cases }, (_, i) => chanceOf(i));
    // A new baseline each time, because chance in the baseline counts too.
    const zs = Array.from({ length: 400 }, () => {
      const base = side(20 * k, draw(chances, 20 * k));
      return driftNight(base, side(k, draw(chances, k)), same)?.z ?? 0;
    });
    expect(Math.abs(mean(zs))).toBeLessThan(0.16);
    expect(sampleVariance(zs)).toBeLessThan(1.2);
    expect(zs.filter((z) => Math.abs(z) > 3).length).toBeLessThanOrEqual(6);
  });

  it("reports how much of the variance is the baseline's", () => {
    const chances = Array.from({ length: 50 }, () => 0.5);
    const night = driftNight(side(60, draw(chances, 60)), side(3, draw(chances, 3)), same);
    expect(night?.shared).toBeCloseTo(1 / 21, 3);
    expect(driftNight(side(4, [4, 4]), side(4, [4, 4]), same)).toMatchObject({ shared: 0.5, z: 0, delta: 0 });
  });

  it("takes the judge's own drift out", () => {
    const base = side(20, new Array<number>(40).fill(16));
    const fallen = side(4, new Array<number>(40).fill(2));
    const raw = driftNight(base, fallen, same);
    expect(raw?.delta).toBeCloseTo(-0.3, 12);
    expect(raw?.z).toBeLessThan(-6);
    const judge = { answers: 160, unjudged: 0, delta: -0.29, error: 0.03, z: -8 };
    const own = driftNight(base, fallen, { ...same, judge });
    expect(own?.delta).toBeCloseTo(-0.01, 12);
    expect(Math.abs(own?.z ?? 9)).toBeLessThan(1);
    const still = { answers: 160, unjudged: 0, delta: 0, error: 0, z: 0 };
    expect(driftNight(base, fallen, { ...same, judge: still })).toEqual(raw);
  });

  it("compares only cases that were asked alike, and nothing where less than half are there", () => {
    const base = side(4, [4, 4, 4, 4]);
    expect(driftNight(base, side(1, [1, 1, 1, 1], "other"), same)).toBeNull();
    expect(driftNight(base, side(1, [1, 1, 1, 1], "other"), { sameKeys: false })?.delta).toBe(0);
    const half = { ...side(1, [0, 0, 0, 0]), answered: [1, 1, 0, 0] };
    expect(driftNight(base, half, same)?.trials).toBe(2);
    expect(driftNight(base, { ...half, answered: [1, 0, 0, 0] }, same)).toBeNull();
  });

  it("identifies a series by the counts of the baseline", () => {
    expect(seriesOf(side(4, [4, 3]))).toBe(seriesOf(side(4, [4, 3], "other keys")));
    expect(seriesOf(side(4, [4, 3]))).not.toBe(seriesOf(side(4, [3, 4])));
  });
});

describe("driftReport", () => {
  const night = (z: number, delta = z / 50): SeriesRun["night"] => ({
    z,
    delta,
    error: 0.02,
    shared: 0.05,
    cases: 100,
    trials: 300,
  });
  const run = (id: string, one: SeriesRun["night"], judge?: SeriesRun["judge"]): SeriesRun => ({
    ...{ id, at: `2026-05-0${id}T03:00:00Z`, night: one, judge },
  });
  const ask = { change: 0.04, judge: null };

  it("reports no drift only once a change that matters would have been found", () => {
    // A change of 0.04 is two standard deviations of a run, which four runs find.
    const runs = ["1", "2", "3", "4"].map((id) => run(id, night(0.1)));
    expect(driftReport({ ...ask, runs: runs.slice(0, 3) })).toMatchObject({
      verdict: "not_enough_evidence",
      finds: { change: 0.04, runs: 4 },
    });
    expect(driftReport({ ...ask, runs })).toMatchObject({
      verdict: "no_drift",
      direction: null,
      since: null,
    });
  });

  it("finds a drop, reports since which run, and leaves out a run that could not be compared", () => {
    const runs = [run("1", night(0.3)), run("2", night(-4)), run("3", null), run("4", night(-4))];
    expect(driftReport({ ...ask, runs })).toMatchObject({
      verdict: "drift",
      direction: "worse",
      since: "2",
      statistic: 7,
      series: [{}, {}, { run: "3", delta: null, z: null, statistic: 3.5 }, { run: "4", statistic: 7 }],
    });
    expect(driftReport({ ...ask, runs: runs.slice(0, 3) }).verdict).toBe("not_enough_evidence");
  });

  it("has not enough evidence when a run has too few trials for the change, and no false-alarm rate without a run", () => {
    const tiny = { ...(night(0) as object), trials: 3, error: 0 } as SeriesRun["night"];
    const runs = Array.from({ length: 9 }, (_, i) => run(String(i + 1), tiny));
    expect(driftReport({ ...ask, runs })).toMatchObject({
      verdict: "not_enough_evidence",
      finds: { runs: null },
    });
    expect(driftReport({ ...ask, runs: [run("1", null)] }).false_alarm.probability).toBeNull();
  });

  it("reports a judge that moved by itself", () => {
    const judge = (z: number) => ({ answers: 100, unjudged: 0, delta: -0.1, error: 0.03, z });
    const runs = ["1", "2", "3"].map((id) => run(id, night(0.1), judge(-3)));
    expect(driftReport({ runs, change: 0.04, judge: { calibrated: false } })).toMatchObject({
      verdict: "not_enough_evidence",
      judge: { verdict: "drift", statistic: 7.5, newest: { delta: -0.1 } },
    });
    expect(
      driftReport({ runs: [run("1", night(0))], change: 0.04, judge: { calibrated: true } }).judge,
    ).toMatchObject({ verdict: "not_enough_evidence", newest: null });
  });
});
