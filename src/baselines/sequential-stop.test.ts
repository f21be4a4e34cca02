import { describe, expect, it } from "vitest";
import type { RegressionRule } from "../domain/suite.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import { compareSides } from "./compare-sides.ts";
import { type SequentialInput, sequentialStop } from "./sequential-stop.ts";
import { ruleOf, sideOfCounts } from "./testing/sides.ts";

/** Outcomes of each trial of each case; null for an errored one. */
type Trials = readonly (readonly (boolean | null)[])[];

interface Setting {
  readonly base: Trials;
  readonly candidate: Trials;
  readonly rules?: readonly RegressionRule[];
  readonly seed?: string;
  readonly others?: SequentialInput["others"];
}

function stopOf({ base, candidate, rules = [ruleOf({ max_drop: 0.08 })], seed = "seed", others }: Setting) {
  const baseline = sideOfCounts(base.map((own) => [own.length, own.filter(Boolean).length]));
  const { answered, passed, scores, ...same } = sideOfCounts(candidate.map(() => [0, 0]));
  return sequentialStop({
    baseline,
    candidate: { ...same, names: ["exact"], scorers: [{ hash: "exact", required: true, binary: true }] },
    trials: candidate[0]?.length ?? 1,
    rules,
    narrowed: false,
    seed,
    others: others ?? (() => []),
  });
}

/** Plays a run as the engine does. @returns the position at which it stopped, and the last look's comparison */
function play(setting: Setting) {
  const stop = stopOf(setting);
  const n = setting.candidate.length;
  const all = n * (setting.candidate[0]?.length ?? 1);
  let look = 0;
  for (let position = 0; position < all; position++) {
    const case_no = stop.order[position % n] ?? 0;
    const trial = Math.floor(position / n) + 1;
    const pass = setting.candidate[case_no]?.[trial - 1] ?? null;
    stop.note({ case_no, trial, pass, scores: pass === null ? [] : [pass ? 1 : 0] });
    if (position + 1 !== stop.looks[look]) continue;
    if (stop.decide(look)) return { calls: position + 1, compared: stop.latest()?.compared };
    look++;
  }
  return { calls: all, compared: stop.latest()?.compared };
}

const drawn = (n: number, k: number, chance: (index: number) => number, random: () => number): Trials =>
  Array.from({ length: n }, (_, index) => Array.from({ length: k }, () => random() < chance(index)));
const steady = (n: number, k: number): Trials =>
  Array.from({ length: n }, (_, index) =>
    Array.from({ length: k }, (__, trial) => (index + trial) % 5 !== 0),
  );
const failing = (n: number, k: number): Trials => Array.from({ length: n }, () => Array(k).fill(false));

describe("the order of asking", () => {
  it("is a shuffle that the seed decides", () => {
    const order = (seed: string) => [
      ...stopOf({ base: steady(50, 3), candidate: steady(50, 3), seed }).order,
    ];
    expect(order("a")).toEqual(order("a"));
    expect(order("a")).not.toEqual(order("b"));
    expect(order("a").toSorted((x, y) => x - y)).toEqual([...Array(50).keys()]);
  });

  it("has looks within the first round and after each, and runs at most one round ahead", () => {
    const stop = stopOf({ base: steady(100, 5), candidate: steady(100, 3) });
    expect(stop.looks).toEqual([25, 50, 75, 100, 200, 300]);
    expect(stop.ahead).toBe(100);
    expect(stopOf({ base: steady(12, 5), candidate: steady(12, 2) }).looks).toEqual([12, 24]);
  });
});

describe("stopping", () => {
  it("is at the first look when everything broke", () => {
    const { calls, compared } = play({ base: steady(100, 5), candidate: failing(100, 5) });
    expect(calls).toBe(25);
    expect(compared?.comparison.verdict).toBe("regressed");
  });

  it("may not conclude that all is well before every case has run", () => {
    const { calls, compared } = play({ base: steady(400, 20), candidate: steady(400, 5) });
    expect(calls).toBe(400);
    expect(compared?.comparison.verdict).toBe("no_regression");
  });

  it("leaves out trials that came in ahead of the look", () => {
    const one = stopOf({ base: steady(40, 5), candidate: steady(40, 3) });
    const two = stopOf({ base: steady(40, 5), candidate: steady(40, 3) });
    for (const stop of [one, two]) {
      for (const case_no of stop.order.subarray(0, 10))
        stop.note({ case_no, trial: 1, pass: true, scores: [1] });
    }
    for (const case_no of two.order)
      for (const trial of [2, 3]) two.note({ case_no, trial, pass: false, scores: [0] });
    expect([one.decide(0), two.decide(0)]).toEqual([false, false]);
    expect(two.latest()?.compared.comparison.metrics).toEqual(one.latest()?.compared.comparison.metrics);
  });

  it("shows a repeated interval: wider than one look at the same trials would", () => {
    const base = steady(100, 5);
    const { compared } = play({ base, candidate: failing(100, 5) });
    const seen = stopOf({ base, candidate: failing(100, 5) }).order.subarray(0, 25);
    const ids = Array.from(seen, (index) => `c${index}`);
    const once = compareSides(
      sideOfCounts(
        Array.from(seen, (index) => [5, base[index]?.filter(Boolean).length ?? 0]),
        { ids },
      ),
      sideOfCounts(
        Array.from(seen, () => [1, 0]),
        { ids },
      ),
      { rules: [ruleOf()], narrowed: false },
    ).comparison.metrics[0];
    const row = compared?.comparison.metrics[0];
    expect(row?.delta).toBeCloseTo(once?.delta ?? 0, 12);
    expect(row?.high).toBeGreaterThan((once?.high ?? 0) + 0.05);
  });

  it("waits for the other rules, and follows one that has failed", () => {
    const setting = { base: steady(400, 20), candidate: steady(400, 2) };
    expect(play({ ...setting, others: () => ["undecided"] }).calls).toBe(800);
    expect(play({ ...setting, others: () => ["passed"] }).calls).toBe(400);
    expect(play({ ...setting, others: () => ["failed"] }).calls).toBe(100);
  });

  it("needs a decision of every rule, and divides the chance of a false alarm among them", () => {
    const rules = [ruleOf({ max_drop: 0.3 }), ruleOf({ metric: "score.exact", max_drop: 0.001 })];
    expect(play({ base: steady(400, 20), candidate: steady(400, 2), rules }).calls).toBe(800);
    const high = (count: number): number => {
      const alike = Array.from({ length: count }, () => ruleOf({ max_drop: 0.3 }));
      return (
        play({ base: steady(100, 5), candidate: steady(100, 2), rules: alike }).compared?.comparison
          .metrics[0]?.high ?? 0
      );
    };
    expect(high(4)).toBeGreaterThan(high(1));
  });

  it("counts errored trials as missing information, never as failures", () => {
    const base = steady(100, 10);
    const candidate = steady(100, 3).map((own, index) => (index % 2 === 0 ? own.map(() => null) : own));
    const { compared, calls } = play({ base, candidate });
    expect(calls).toBe(300);
    expect(compared?.comparison.verdict).toBe("inconclusive");
    expect(compared?.comparison.cases.missing).toHaveLength(50);
  });

  it("never stops when the baseline has none of the cases", () => {
    const stop = stopOf({ base: [], candidate: steady(40, 2) });
    expect(stop.looks.map((_, look) => stop.decide(look))).toEqual(stop.looks.map(() => false));
  });
});

describe("on simulated suites", () => {
  const simulate = (drop: number) => {
    const random = seededRandom(`sequential ${drop}`);
    const runs = Array.from({ length: 200 }, (_, i) => {
      const chances = Array.from({ length: 100 }, () => (random() < 0.5 ? 0.95 : 0.65));
      const base = drawn(100, 10, (index) => chances[index] ?? 0, random);
      const candidate = drawn(100, 5, (index) => (chances[index] ?? 0) - drop, random);
      return play({ base, candidate, seed: `order ${i}` });
    });
    const share = (verdict: string) =>
      runs.filter(({ compared }) => compared?.comparison.verdict === verdict).length / runs.length;
    return {
      regressed: share("regressed"),
      calls: runs.reduce((sum, one) => sum + one.calls, 0) / runs.length,
    };
  };

  it("is rarely wrong when nothing changed, and asks less", () => {
    const { regressed, calls } = simulate(0);
    expect(regressed).toBeLessThanOrEqual(0.058 + 1.96 * Math.sqrt((0.058 * 0.942) / 200));
    expect(calls).toBeLessThan(0.6 * 500);
  });

  it("always sees a drop of 15 points, and asks a fraction", () => {
    const { regressed, calls } = simulate(0.15);
    expect(regressed).toBe(1);
    expect(calls).toBeLessThan(0.25 * 500);
  });
});
