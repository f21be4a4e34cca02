import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spentAlpha } from "./alpha-spending.ts";
import { bettingWealth } from "./betting-wealth.ts";
import { ldBounds } from "./group-sequential-bounds.ts";
import { information, planLooks, plannedInformation } from "./look-schedule.ts";
import { normalQuantile, normalUpperTail } from "./normal-distribution.ts";
import { passKExpectedCalls } from "./pass-k.ts";
import { seededRandom } from "./seeded-random.ts";
import { decideLook, sequentialGate } from "./sequential-gate.ts";
import { boundsAtLooks, sequentialPlan, updatedInformation } from "./sequential-plan.ts";
import { thresholdDecided } from "./threshold-curtailment.ts";

const seeded = { seed: 20260105, numRuns: 60 };
const spending = fc.constantFrom(
  "obf" as const,
  "pocock" as const,
  "hsd-2" as const,
  "hsd-4" as const,
  "hsd0" as const,
);
const fractions = fc
  .uniqueArray(fc.integer({ min: 1, max: 39 }), { minLength: 0, maxLength: 7 })
  .map((steps) => [...steps.sort((a, b) => a - b), 40].map((step) => step / 40));

describe("spentAlpha", () => {
  it("starts at 0, never falls and ends at alpha", () => {
    fc.assert(
      fc.property(
        spending,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, one, other) => {
          expect(spentAlpha(0, kind, 0.05)).toBe(0);
          expect(spentAlpha(1, kind, 0.05)).toBeCloseTo(0.05, 14);
          expect(spentAlpha(1.3, kind, 0.05)).toBeCloseTo(0.05, 14);
          const early = spentAlpha(Math.min(one, other), kind, 0.05);
          expect(early).toBeLessThanOrEqual(spentAlpha(Math.max(one, other), kind, 0.05) + 1e-15);
        },
      ),
      seeded,
    );
  });

  it("rejects unknown spending functions and negative fractions", () => {
    expect(() => spentAlpha(0.5, "hsdx" as "hsd0", 0.05)).toThrow(RangeError);
    expect(() => spentAlpha(0.5, "linear" as "obf", 0.05)).toThrow(RangeError);
    expect(() => spentAlpha(-0.5, "obf", 0.05)).toThrow(RangeError);
  });
});

describe("ldBounds", () => {
  it("is the plain quantile for a single look", () => {
    expect(ldBounds({ times: [1], spending: "obf", alpha: 0.05 })[0]).toBeCloseTo(1.6448536269514722, 12);
  });

  it("reproduces the published O'Brien–Fleming bounds of five equal looks", () => {
    const bounds = ldBounds({ times: [0.2, 0.4, 0.6, 0.8, 1], spending: "obf", alpha: 0.025 });
    [4.8769, 3.3569, 2.6803, 2.2898, 2.031].forEach((published, i) => {
      expect(Math.abs((bounds[i] ?? 0) - published), `look ${i}`).toBeLessThan(2e-4);
    });
  });

  it("gives a look the same bound whatever looks follow", () => {
    fc.assert(
      fc.property(fractions, spending, (times, kind) => {
        const all = ldBounds({ times, spending: kind, alpha: 0.05, points: 401 });
        for (let looks = 1; looks < times.length; looks++) {
          const early = ldBounds({ times: times.slice(0, looks), spending: kind, alpha: 0.05, points: 401 });
          // The grid is finer if a later look follows closely, so the bounds differ in the last digits.
          early.forEach((bound, i) => {
            expect(bound).toBeCloseTo(all[i] ?? 0, 6);
          });
        }
      }),
      { ...seeded, numRuns: 15 },
    );
  });

  it("changes little with a grid of 401 points instead of 2001", () => {
    fc.assert(
      fc.property(fractions, spending, (times, kind) => {
        const coarse = ldBounds({ times, spending: kind, alpha: 0.05, points: 401 });
        const fine = ldBounds({ times, spending: kind, alpha: 0.05, points: 2001 });
        coarse.forEach((bound, i) => {
          expect(Math.abs(bound - (fine[i] ?? 0))).toBeLessThan(1e-5);
        });
      }),
      { ...seeded, numRuns: 8 },
    );
  });

  it("never has a last bound below the quantile for a single look", () => {
    fc.assert(
      fc.property(fractions, spending, (times, kind) => {
        const bounds = ldBounds({ times, spending: kind, alpha: 0.05, points: 401 });
        expect(bounds[bounds.length - 1]).toBeGreaterThanOrEqual(1.6448 - 1e-6);
      }),
      { ...seeded, numRuns: 20 },
    );
  });

  it("is crossed as often as it claims on simulated paths", () => {
    const times = [0.1, 0.25, 0.5, 0.55, 1];
    const bounds = ldBounds({ times, spending: "hsd-2", alpha: 0.05, points: 401 });
    const random = seededRandom("paths");
    const paths = 40_000;
    let crossed = 0;
    for (let path = 0; path < paths; path++) {
      let score = 0;
      let before = 0;
      for (const [look, time] of times.entries()) {
        score += Math.sqrt(time - before) * normalQuantile(Math.max(1e-12, random()));
        before = time;
        if (score / Math.sqrt(time) >= (bounds[look] ?? 0)) {
          crossed += 1;
          break;
        }
      }
    }
    // Four standard errors; the seed is fixed.
    expect(Math.abs(crossed / paths - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / paths));
  });

  it("keeps its accuracy when a look follows closely on another", () => {
    const close = ldBounds({ times: [0.5, 0.5005, 1], spending: "hsd-2", alpha: 0.05, points: 401 });
    const finer = ldBounds({ times: [0.5, 0.5005, 1], spending: "hsd-2", alpha: 0.05, points: 4001 });
    close.forEach((bound, i) => {
      expect(bound).toBeCloseTo(finer[i] ?? 0, 4);
    });
  });

  it("is infinite at a look without new information, which does not change later bounds", () => {
    const bounds = ldBounds({ times: [0.5, 0.5, 1], spending: "hsd-2", alpha: 0.05 });
    const without = ldBounds({ times: [0.5, 1], spending: "hsd-2", alpha: 0.05 });
    expect(bounds).toEqual([without[0], Number.POSITIVE_INFINITY, without[1]]);
  });

  it("is infinite at first looks without data, which do not change later bounds", () => {
    const bounds = ldBounds({ times: [0, 0, 0.5, 1], spending: "hsd-2", alpha: 0.05 });
    const without = ldBounds({ times: [0.5, 1], spending: "hsd-2", alpha: 0.05 });
    expect(bounds).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, ...without]);
  });

  it("spends the remaining error at a final look with less information than planned", () => {
    const short = ldBounds({ times: [0.4, 0.8], spendAt: [0.4, 1], spending: "hsd-2", alpha: 0.05 });
    const unfinished = ldBounds({ times: [0.4, 0.8], spending: "hsd-2", alpha: 0.05 });
    expect(short[0]).toBe(unfinished[0]);
    expect(short[1]).toBeLessThan(unfinished[1] ?? 0);
  });

  it("refuses times that fall or are negative, and even grids", () => {
    expect(() => ldBounds({ times: [0.5, 0.4], spending: "obf", alpha: 0.05 })).toThrow(RangeError);
    expect(() => ldBounds({ times: [-0.1, 0.4], spending: "obf", alpha: 0.05 })).toThrow(RangeError);
    expect(() => ldBounds({ times: [1], spending: "obf", alpha: 0.05, points: 400 })).toThrow(RangeError);
  });
});

describe("look schedule", () => {
  it("looks at quarters of the first round that have ten clusters or more, then after each round", () => {
    expect(planLooks(40, 2)).toEqual([
      { kind: "partial", clusters: 10 },
      { kind: "partial", clusters: 20 },
      { kind: "partial", clusters: 30 },
      { kind: "round", round: 1 },
      { kind: "round", round: 2 },
    ]);
    expect(planLooks(39, 1).map((look) => look.kind)).toEqual(["partial", "partial", "round"]);
    expect(planLooks(13, 1)).toEqual([{ kind: "round", round: 1 }]);
    expect(() => planLooks(0, 1)).toThrow(RangeError);
  });

  it("counts information that was really seen, with unequal sides", () => {
    expect(information([5, 2, 0, 3], [5, 1, 4, 0])).toBeCloseTo(2.5 + 2 / 3, 14);
    expect(plannedInformation(planLooks(2, 2), [4, 1])).toEqual([4 / 5 + 1 / 2, 8 / 6 + 2 / 3]);
    expect(() => plannedInformation([{ kind: "partial", clusters: 3 }], [1, 1])).toThrow(RangeError);
  });

  it("has the known bounds for 100 clusters with 5 stored values and 5 rounds", () => {
    const plan = sequentialPlan(new Array<number>(100).fill(5), 5);
    [2.985, 2.881, 2.77, 2.663, 2.266, 2.087, 1.944, 1.825].forEach((harm, i) => {
      expect(Math.abs((plan.harm[i] ?? 0) - harm), `look ${i}`).toBeLessThan(1e-3);
    });
    [null, null, null, 2.436, 2.244, 2.078, 1.938, 1.821].forEach((pass, i) => {
      if (pass === null) expect(plan.pass[i]).toBeNull();
      else expect(Math.abs((plan.pass[i] ?? 0) - pass), `look ${i}`).toBeLessThan(1e-3);
    });
  });

  it("gives the planned bounds, look by look, when all goes to plan", () => {
    const base = Array.from({ length: 60 }, (_, i) => 1 + (i % 7));
    const plan = sequentialPlan(base, 4);
    const total = plan.information[plan.information.length - 1] ?? 0;
    for (let done = 1; done <= plan.looks.length; done++) {
      const { harm, pass } = boundsAtLooks(plan.looks, plan.information.slice(0, done), total);
      expect(harm[done - 1]).toBeCloseTo(plan.harm[done - 1] ?? 0, 6);
      if (pass[done - 1] === null) expect(plan.pass[done - 1]).toBeNull();
      else expect(pass[done - 1]).toBeCloseTo(plan.pass[done - 1] ?? 0, 6);
    }
  });

  it("lets a final look with missing values use all error that is left", () => {
    const looks = planLooks(20, 2);
    const planned = plannedInformation(looks, new Array<number>(20).fill(3));
    const total = planned[planned.length - 1] ?? 0;
    const short = boundsAtLooks(looks, [...planned.slice(0, -1), total * 0.9], total);
    const asked = ldBounds({
      times: [...planned.slice(0, -1), total * 0.9].map((amount) => amount / total),
      spendAt: [...planned.slice(0, -1).map((amount) => amount / total), 1],
      spending: "hsd-2",
      alpha: 0.05,
      points: 401,
    });
    expect(short.harm).toEqual(asked);
  });

  it("has higher bounds when alpha is divided among several tests", () => {
    const base = new Array<number>(50).fill(5);
    const one = sequentialPlan(base, 3);
    const three = sequentialPlan(base, 3, { alpha: 0.05 / 3 });
    three.harm.forEach((bound, i) => {
      expect(bound).toBeGreaterThan(one.harm[i] ?? 0);
    });
  });

  it("replaces planned information by the actual one, without ever decreasing", () => {
    expect(updatedInformation([1, 2, 3, 4], [1.5, 2.5])).toEqual([1.5, 2.5, 3, 4]);
    expect(updatedInformation([1, 2, 3], [5])).toEqual([5, 5, 5]);
    expect(() => updatedInformation([1], [1, 2])).toThrow(RangeError);
  });
});

describe("decideLook", () => {
  const p = normalUpperTail(2.5);

  it("stops for harm at the bound, not before", () => {
    expect(decideLook({ p, harmBound: 2.5, pass: null })).toBe("regressed");
    expect(decideLook({ p, harmBound: 2.51, pass: null })).toBe("continue");
  });

  it("passes at the bound, and calls harm and pass together a small drop", () => {
    expect(decideLook({ p: 0.5, harmBound: 2.5, pass: { z: 2, bound: 2 } })).toBe("no_regression");
    expect(decideLook({ p: 0.5, harmBound: 2.5, pass: { z: 1.99, bound: 2 } })).toBe("continue");
    expect(decideLook({ p, harmBound: 2.5, pass: { z: 2, bound: 2 } })).toBe("small_drop");
  });

  it("continues at a look without new information, however small p is", () => {
    expect(decideLook({ p: 1e-9, harmBound: Number.POSITIVE_INFINITY, pass: null })).toBe("continue");
  });
});

describe("sequentialGate", () => {
  it("stops for harm no more often than alpha when nothing changed", () => {
    const random = seededRandom("null gate");
    const draw = (count: number, rate: number) =>
      Array.from({ length: count }, () => (random() < rate ? 1 : 0));
    let harmed = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const rates = Array.from({ length: 40 }, () => Math.sqrt(random()));
      const base = rates.map((rate) => draw(5, rate));
      const candidate = rates.map((rate) => draw(3, rate));
      const { verdict } = sequentialGate(base, candidate, { delta: 0.05 });
      if (verdict === "regressed" || verdict === "small_drop") harmed += 1;
    }
    // 5 % plus three standard errors of 400 runs; the seed is fixed.
    expect(harmed / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it("accepts clusters with unequal numbers of stored values", () => {
    const base = Array.from({ length: 12 }, (_, i) => new Array<number>(1 + (i % 3)).fill(1));
    const candidate = base.map(() => [0, 0]);
    expect(sequentialGate(base, candidate, { delta: 0.05 })).toMatchObject({
      verdict: "regressed",
      calls: 12,
      look: 0,
    });
  });

  it("refuses rows of different length and values other than 0 and 1", () => {
    expect(() => sequentialGate([[1], [1]], [[1], [1, 0]], { delta: 0.05 })).toThrow(RangeError);
    expect(() => sequentialGate([[1]], [[0.5]], { delta: 0.05 })).toThrow(RangeError);
    expect(() => sequentialGate([[1]], [[1], [1]], { delta: 0.05 })).toThrow(RangeError);
  });
});

describe("curtailment", () => {
  it("decides only what no continuation can change", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 20 }),
        fc.nat(60),
        fc.nat(60),
        (total, twentieths, successes, failures) => {
          if (successes + failures > total) return;
          const threshold = twentieths / 20;
          const holds = (count: number) => count / total >= threshold - 1e-9;
          const worst = holds(successes);
          const best = holds(total - failures);
          const wanted = worst ? "pass" : best ? null : "fail";
          expect(thresholdDecided(total, threshold, { successes, failures })).toBe(wanted);
        },
      ),
      { ...seeded, numRuns: 300 },
    );
  });

  it("expects between one call and k", () => {
    expect(passKExpectedCalls(0, 5)).toBe(1);
    expect(passKExpectedCalls(1, 5)).toBe(5);
    expect(passKExpectedCalls(0.5, 3)).toBeCloseTo(1.75, 14);
    expect(passKExpectedCalls(1 - 1e-12, 4)).toBeCloseTo(4, 9);
  });
});

describe("bettingWealth", () => {
  it("has mean 1 over a fair game, and rejects a bet that loses more than everything", () => {
    const outcomes = [-0.5, 0.5];
    const games = outcomes.flatMap((a) => outcomes.flatMap((b) => outcomes.map((c) => [a, b, c])));
    const average = games.reduce((sum, game) => sum + bettingWealth(game, 0.8), 0) / games.length;
    expect(average).toBeCloseTo(1, 14);
    expect(bettingWealth([], 0.5)).toBe(1);
    expect(() => bettingWealth([-2], 0.8)).toThrow(RangeError);
  });
});
