import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fisherGreater, fisherLess } from "./fisher-exact-test.ts";
import { hypergeometricPmf } from "./hypergeometric-distribution.ts";
import { mcnemarOneSided } from "./paired-tests.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Stratum } from "./strata-columns.ts";
import { exactStratifiedTest, exactTestWork } from "./stratified-exact-test.ts";
import { stratifiedTest } from "./stratified-test.ts";
import { cmhZ, macroZ } from "./stratified-z-test.ts";

const seeded = { seed: 20260101, numRuns: 150 };

const stratum = (largest: number): fc.Arbitrary<Stratum> =>
  fc
    .record({ m: fc.integer({ min: 1, max: largest }), k: fc.integer({ min: 1, max: largest }) })
    .chain(({ m, k }) =>
      fc.record({
        m: fc.constant(m),
        b: fc.integer({ min: 0, max: m }),
        k: fc.constant(k),
        x: fc.integer({ min: 0, max: k }),
      }),
    );
const strataOf = (largest: number, limit: number) =>
  fc.array(stratum(largest), { minLength: 1, maxLength: limit });

const columnsOf = (strata: readonly Stratum[]) => ({
  m: Int32Array.from(strata, ({ m }) => m),
  b: Int32Array.from(strata, ({ b }) => b),
  k: Int32Array.from(strata, ({ k }) => k),
  x: Int32Array.from(strata, ({ x }) => x),
});
const swapped = (strata: readonly Stratum[]) => strata.map(({ m, b, k, x }) => ({ m: k, b: x, k: m, x: b }));

/** Every possible split of each stratum's successes: the candidate's total of successes, and its probability. */
function everyTotal(strata: readonly Stratum[]): { total: number; chance: number }[] {
  let outcomes = [{ total: 0, chance: 1 }];
  for (const { m, b, k, x } of strata) {
    outcomes = outcomes.flatMap(({ total, chance }) =>
      Array.from({ length: k + 1 }, (_, j) => ({
        total: total + j,
        chance: chance * hypergeometricPmf(j, m + k, b + x, k),
      })),
    );
  }
  return outcomes;
}

function bruteForce(strata: readonly Stratum[]): { drop: number; rise: number; point: number } {
  const observed = strata.reduce((sum, { x }) => sum + x, 0);
  const chanceOf = (holds: (total: number) => boolean) =>
    everyTotal(strata).reduce((sum, { total, chance }) => sum + (holds(total) ? chance : 0), 0);
  return {
    drop: chanceOf((total) => total <= observed),
    rise: chanceOf((total) => total >= observed),
    point: chanceOf((total) => total === observed),
  };
}

/** Many seeded random strata, for sizes at which fast-check would be slow. */
function simulated(size: number, k: number, m: number, seed: string, change = 0): Stratum[] {
  const random = seededRandom(seed);
  const successes = (trials: number, rate: number) =>
    Array.from({ length: trials }, () => (random() < rate ? 1 : 0)).reduce<number>((a, b) => a + b, 0);
  return Array.from({ length: size }, () => {
    const rate = Math.sqrt(random());
    return { m, b: successes(m, rate), k, x: successes(k, rate + change) };
  });
}

describe("exactStratifiedTest", () => {
  it("agrees with the enumeration of all arrangements of a few small strata", () => {
    fc.assert(
      fc.property(strataOf(4, 5), (strata) => {
        const found = exactStratifiedTest(strata);
        const wanted = bruteForce(strata);
        expect(found.drop).toBeCloseTo(wanted.drop, 11);
        expect(found.rise).toBeCloseTo(wanted.rise, 11);
        expect(found.point).toBeCloseTo(wanted.point, 11);
        expect(found.dropMidP).toBeCloseTo(wanted.drop - wanted.point / 2, 11);
        expect(found.riseMidP).toBeCloseTo(wanted.rise - wanted.point / 2, 11);
      }),
      seeded,
    );
  });

  it("loses less than 1e-12 by cutting tails", () => {
    for (const [size, k, m] of [
      [60, 5, 5],
      [400, 3, 7],
      [150, 20, 13],
    ] as const) {
      const strata = simulated(size, k, m, `trim ${size}`);
      const trimmed = exactStratifiedTest(strata);
      const whole = exactStratifiedTest(strata, 0);
      for (const key of ["drop", "rise", "dropMidP", "riseMidP", "point"] as const) {
        expect(Math.abs(trimmed[key] - whole[key]), `${key} of ${size}`).toBeLessThan(1e-12);
      }
    }
  });

  it("turns a drop into a rise when the sides are swapped", () => {
    fc.assert(
      fc.property(strataOf(12, 30), (strata) => {
        const one = exactStratifiedTest(strata);
        const other = exactStratifiedTest(swapped(strata));
        expect(other.drop).toBeCloseTo(one.rise, 12);
        expect(other.rise).toBeCloseTo(one.drop, 12);
        expect(other.dropMidP).toBeCloseTo(one.riseMidP, 12);
        expect(other.riseMidP).toBeCloseTo(one.dropMidP, 12);
      }),
      seeded,
    );
  });

  it("does not depend on the order of the strata", () => {
    fc.assert(
      fc.property(strataOf(9, 40), (strata) => {
        const backwards = exactStratifiedTest([...strata].reverse());
        expect(backwards.drop).toBeCloseTo(exactStratifiedTest(strata).drop, 12);
      }),
      seeded,
    );
  });

  it("takes columns as well as objects", () => {
    fc.assert(
      fc.property(strataOf(9, 20), (strata) => {
        expect(exactStratifiedTest(columnsOf(strata))).toEqual(exactStratifiedTest(strata));
        expect(cmhZ(columnsOf(strata))).toBe(cmhZ(strata));
        expect(macroZ(columnsOf(strata))).toBe(macroZ(strata));
        expect(stratifiedTest(columnsOf(strata))).toEqual(stratifiedTest(strata));
      }),
      seeded,
    );
  });

  it("leaves nothing over: below, at and above add up to 1", () => {
    fc.assert(
      fc.property(strataOf(30, 60), (strata) => {
        const { drop, rise, point } = exactStratifiedTest(strata);
        expect(drop + rise - point).toBeCloseTo(1, 11);
      }),
      seeded,
    );
  });

  it("is McNemar's test with one trial in each side", () => {
    const pairs = (count: number, b: number, x: number) =>
      Array.from({ length: count }, () => ({ m: 1, b, k: 1, x }));
    const strata = [...pairs(3, 0, 1), ...pairs(11, 1, 0), ...pairs(40, 1, 1)];
    expect(exactStratifiedTest(strata).drop).toBeCloseTo(mcnemarOneSided(3, 11), 13);
  });

  it("is Fisher's test in a single stratum", () => {
    fc.assert(
      fc.property(stratum(25), (one) => {
        expect(exactStratifiedTest([one]).drop).toBeCloseTo(fisherLess(one), 12);
        expect(exactStratifiedTest([one]).rise).toBeCloseTo(fisherGreater(one), 12);
      }),
      seeded,
    );
  });

  it("rejects at most as often as it claims under exchangeability", () => {
    fc.assert(
      fc.property(strataOf(4, 3), fc.constantFrom(0.01, 0.05, 0.1, 0.25), (strata, alpha) => {
        // All arrangements with the same margins give the exact size of the test.
        const rejecting = everyTotal(strata).filter(({ total, chance }) => {
          return chance > 0 && dropPAtTotal(strata, total) <= alpha;
        });
        const size = rejecting.reduce((sum, { chance }) => sum + chance, 0);
        expect(size).toBeLessThanOrEqual(alpha + 1e-9);
      }),
      { ...seeded, numRuns: 40 },
    );
  });

  it("has a mid-p that averages one half under exchangeability", () => {
    fc.assert(
      fc.property(strataOf(4, 3), (strata) => {
        const totals = new Map<number, number>();
        for (const { total, chance } of everyTotal(strata)) {
          totals.set(total, (totals.get(total) ?? 0) + chance);
        }
        let average = 0;
        for (const [total, chance] of totals) {
          if (chance > 0) average += chance * midPAtTotal(strata, total);
        }
        expect(average).toBeCloseTo(0.5, 10);
      }),
      { ...seeded, numRuns: 60 },
    );
  });

  it("is 1 (mid-p 0.5) when no stratum could have come out differently", () => {
    const strata = [
      { m: 5, b: 5, k: 3, x: 3 },
      { m: 2, b: 0, k: 2, x: 0 },
      { m: 0, b: 0, k: 4, x: 2 },
      { m: 6, b: 1, k: 0, x: 0 },
    ];
    expect(exactStratifiedTest(strata)).toEqual({
      drop: 1,
      rise: 1,
      dropMidP: 0.5,
      riseMidP: 0.5,
      point: 1,
      informative: 0,
    });
    expect(exactStratifiedTest([]).drop).toBe(1);
  });

  it("refuses counts that cannot belong together", () => {
    expect(() => exactStratifiedTest([{ m: 3, b: 4, k: 1, x: 0 }])).toThrow(RangeError);
    expect(() => exactStratifiedTest([{ m: 3, b: 1, k: 1, x: -1 }])).toThrow(RangeError);
    expect(() => exactStratifiedTest([{ m: 3, b: 0.5, k: 1, x: 0 }])).toThrow(RangeError);
    expect(() => exactStratifiedTest({ m: [1, 1], b: [1], k: [1], x: [1] })).toThrow(RangeError);
  });
});

/** The same margins with the successes rearranged so that the candidate has `total`. */
function arranged(strata: readonly Stratum[], total: number): Stratum[] {
  let left = total - strata.reduce((sum, { m, b, k, x }) => sum + Math.max(0, b + x - m) * Math.sign(k), 0);
  return strata.map(({ m, b, k, x }) => {
    const least = Math.max(0, b + x - m);
    const extra = Math.min(left, Math.min(k, b + x) - least);
    left -= extra;
    return { m, b: b + x - least - extra, k, x: least + extra };
  });
}
const dropPAtTotal = (strata: readonly Stratum[], total: number) =>
  exactStratifiedTest(arranged(strata, total)).drop;
const midPAtTotal = (strata: readonly Stratum[], total: number) =>
  exactStratifiedTest(arranged(strata, total)).dropMidP;

describe("stratifiedTest", () => {
  it("is exact while the work is affordable and reports it", () => {
    const strata = simulated(100, 5, 5, "small");
    const exact = exactStratifiedTest(strata);
    expect(stratifiedTest(strata)).toEqual({
      p: exact.dropMidP,
      pRise: exact.riseMidP,
      method: "exact",
      because: "affordable",
    });
    expect(stratifiedTest(strata, { midP: false })).toMatchObject({ p: exact.drop, pRise: exact.rise });
  });

  it("agrees with the exact p-values when it uses z because of the work", () => {
    for (const change of [0, -0.02, 0.02]) {
      const strata = simulated(2000, 5, 8, `large ${change}`, change);
      for (const midP of [true, false]) {
        const exact = stratifiedTest(strata, { midP });
        const z = stratifiedTest(strata, { midP, workLimit: 0 });
        expect(z).toMatchObject({ method: "z", because: "too-much-work" });
        expect(Math.abs(z.p - exact.p)).toBeLessThan(2e-4);
        expect(Math.abs(z.pRise - exact.pRise)).toBeLessThan(2e-4);
      }
    }
  });

  it("gives strata equal weight when the candidate's sizes differ more than twofold", () => {
    const none = { m: 0, b: 0, k: 0, x: 0 };
    const strata = [
      { m: 4, b: 3, k: 1, x: 0 },
      { m: 4, b: 2, k: 3, x: 1 },
    ];
    expect(stratifiedTest(strata)).toMatchObject({ method: "z", because: "unequal-sizes" });
    expect(stratifiedTest([strata[0] ?? none, { m: 4, b: 2, k: 2, x: 1 }]).method).toBe("exact");
  });

  it("tests 50,000 strata of equal size exactly", () => {
    const strata = simulated(50_000, 3, 3, "huge");
    expect(exactTestWork(strata)).toBeLessThan(1e8);
    expect(stratifiedTest(strata).method).toBe("exact");
  });

  it("does not understate a p-value beyond the trimmed tails", () => {
    const strata = Array.from({ length: 300 }, () => ({ m: 5, b: 5, k: 5, x: 0 }));
    const { p, pRise } = stratifiedTest(strata);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-15);
    expect(pRise).toBeCloseTo(1, 12);
  });
});

describe("cmhZ and macroZ", () => {
  it("are the same when all strata have the same sizes", () => {
    const strata = simulated(80, 4, 6, "equal");
    expect(macroZ(strata)).toBeCloseTo(cmhZ(strata), 12);
  });

  it("change sign when the sides are swapped", () => {
    fc.assert(
      fc.property(strataOf(9, 20), (strata) => {
        expect(cmhZ(swapped(strata))).toBeCloseTo(-cmhZ(strata), 10);
        expect(macroZ(swapped(strata))).toBeCloseTo(-macroZ(strata), 10);
      }),
      seeded,
    );
  });

  it("are 0 when nothing could have come out differently", () => {
    expect(cmhZ([{ m: 2, b: 2, k: 2, x: 2 }])).toBe(0);
    expect(macroZ([{ m: 2, b: 2, k: 2, x: 2 }])).toBe(0);
  });
});
