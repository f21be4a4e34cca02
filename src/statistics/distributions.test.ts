import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaQuantile, incompleteBeta } from "./beta-distribution.ts";
import { binomialCdf, binomialPmf, binomialPmfTable } from "./binomial-distribution.ts";
import { hypergeometricPmf, hypergeometricTable } from "./hypergeometric-distribution.ts";
import { logChoose, logGamma } from "./log-gamma.ts";
import { normalCdf, normalDensity, normalQuantile, normalUpperTail } from "./normal-distribution.ts";
import { seededOrder, seededRandom } from "./seeded-random.ts";
import { studentTCdf, studentTQuantile } from "./student-t-distribution.ts";

const seeded = { seed: 20260102, numRuns: 200 };
const relative = (found: number, wanted: number) => Math.abs(found / wanted - 1);

describe("normal distribution", () => {
  it("has tails that agree with 30-digit arithmetic, far out too", () => {
    for (const [x, tail] of TAILS) expect(relative(normalUpperTail(x), tail), `at ${x}`).toBeLessThan(1e-14);
  });

  it("has quantiles that agree with 30-digit arithmetic, far out too", () => {
    for (const [p, x] of QUANTILES) expect(relative(normalQuantile(p), x), `at ${p}`).toBeLessThan(1e-14);
  });

  it("comes back from the quantile to the probability", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-200, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(relative(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-12);
      }),
      seeded,
    );
  });

  it("is symmetric and has its density as slope", () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
        expect(normalCdf(x) + normalUpperTail(x)).toBeCloseTo(1, 14);
        expect(normalCdf(-x)).toBe(normalUpperTail(x));
        const slope = (normalCdf(x + 1e-4) - normalCdf(x - 1e-4)) / 2e-4;
        expect(slope).toBeCloseTo(normalDensity(x), 8);
      }),
      seeded,
    );
  });

  it("is infinite at the probabilities 0 and 1, and rejects what is outside [0, 1]", () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalUpperTail(Number.POSITIVE_INFINITY)).toBe(0);
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });
});

describe("gamma function", () => {
  it("agrees with 30-digit arithmetic", () => {
    for (const [x, value] of LOG_GAMMAS) {
      expect(Math.abs(logGamma(x) - value), `at ${x}`).toBeLessThan(4e-15 * Math.max(1, Math.abs(value)));
    }
  });

  it("counts choices", () => {
    expect(Math.exp(logChoose(10, 3))).toBeCloseTo(120, 10);
    expect(logChoose(3, 4)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("beta distribution", () => {
  it("agrees with numerical integration in 30 digits", () => {
    for (const [a, b, x, value] of BETAS) {
      expect(Math.abs(incompleteBeta(x, a, b) - value), `I_${x}(${a}, ${b})`).toBeLessThan(1e-12);
    }
  });

  it("comes back from the quantile to the probability", () => {
    const shape = fc.double({ min: 0.3, max: 80, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // Where the distribution is concentrated near 1, neighbouring doubles are further apart than the tolerance.
        if (x < 0.999) expect(incompleteBeta(x, a, b)).toBeCloseTo(p, 10);
      }),
      seeded,
    );
  });
});

describe("Student t distribution", () => {
  it("has quantiles that agree with 30-digit arithmetic", () => {
    for (const [p, degrees, t] of T_QUANTILES) {
      expect(relative(studentTQuantile(p, degrees), t), `${p}, ${degrees}`).toBeLessThan(1e-10);
    }
  });

  it("comes back from the quantile to the probability, on both sides", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true }),
        fc.double({ min: 1, max: 5000, noNaN: true }),
        (p, degrees) => {
          expect(studentTCdf(studentTQuantile(p, degrees), degrees)).toBeCloseTo(p, 10);
        },
      ),
      seeded,
    );
  });

  it("is 0 in the middle and symmetric", () => {
    expect(studentTQuantile(0.5, 3)).toBeCloseTo(0, 12);
    expect(studentTQuantile(0.1, 3)).toBe(-studentTQuantile(0.9, 3));
  });
});

describe("counting distributions", () => {
  it("give binomial probabilities that sum to 1 and have mean np", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        const table = binomialPmfTable(n, p);
        expect(table.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
        expect(table.reduce((sum, value, x) => sum + x * value, 0)).toBeCloseTo(n * p, 7);
      }),
      seeded,
    );
  });

  it("agree with the incomplete beta function on binomial probabilities", () => {
    for (const [x, n, p] of [
      [3, 10, 0.2],
      [180, 200, 0.95],
      [2, 2000, 0.001],
    ] as const) {
      expect(binomialCdf(x, n, p)).toBeCloseTo(incompleteBeta(1 - p, n - x, x + 1), 11);
    }
    expect(binomialPmf(2, 4, 0.5)).toBeCloseTo(0.375, 15);
    expect(binomialPmf(5, 4, 0.5)).toBe(0);
  });

  it("agree with factorials on hypergeometric probabilities", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60), (a, b, c, x) => {
        const population = Math.max(a, b, c);
        const wanted = Math.exp(
          logChoose(a, x) + logChoose(population - a, b - x) - logChoose(population, b),
        );
        expect(hypergeometricPmf(x, population, a, b)).toBeCloseTo(wanted, 12);
      }),
      seeded,
    );
  });

  it("cover exactly the values that can occur", () => {
    expect(hypergeometricTable(10, 7, 5)).toMatchObject({ lowest: 2 });
    expect(hypergeometricTable(10, 7, 5).probabilities).toHaveLength(4);
    expect(() => hypergeometricTable(5, 6, 1)).toThrow(RangeError);
  });
});

describe("seeded randomness", () => {
  it("repeats with the seed and changes with it", () => {
    const take = (seed: string) => Array.from({ length: 5 }, seededRandom(seed));
    expect(take("a")).toEqual(take("a"));
    expect(take("a")).not.toEqual(take("b"));
    // Pinned: a stored order must come out the same in every version.
    expect([...seededOrder(8, "order")]).toEqual(PINNED_ORDER);
  });

  it("puts every number in the order once", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.string(), (size, seed) => {
        expect([...seededOrder(size, seed)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: size }, (_, i) => i),
        );
      }),
      seeded,
    );
  });

  it("is uniform in ten bins", () => {
    const random = seededRandom("uniform");
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const bin = Math.floor(random() * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    // The 99.9 % quantile of chi-square with 9 degrees of freedom. The seed is fixed, so the result never varies.
    expect(chiSquare).toBeLessThan(27.9);
  });
});

const TAILS: readonly [x: number, tail: number][] = [
  [-8, 0.9999999999999993],
  [-3, 0.9986501019683699],
  [-1, 0.8413447460685429],
  [-0.3, 0.6179114221889527],
  [0, 0.5],
  [0.2, 0.42074029056089696],
  [0.6, 0.2742531177500736],
  [0.7, 0.24196365222307303],
  [1, 0.15865525393145705],
  [1.5, 0.06680720126885807],
  [2, 0.02275013194817921],
  [2.5, 0.006209665325776135],
  [3, 0.0013498980316300946],
  [4, 3.1671241833119924e-5],
  [5, 2.866515718791939e-7],
  [5.6, 1.071759025831093e-8],
  [5.7, 5.990371401063528e-9],
  [6, 9.86587645037698e-10],
  [8, 6.220960574271784e-16],
  [12, 1.776482112077679e-33],
  [20, 2.7536241186062337e-89],
  [30, 4.906713927148187e-198],
  [37, 5.725571222524577e-300],
];

const QUANTILES: readonly [p: number, x: number][] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1e-10, -6.361340902404057],
  [1e-5, -4.264890793922825],
  [0.001, -3.0902323061678136],
  [0.01, -2.326347874040841],
  [0.025, -1.9599639845400543],
  [0.07, -1.4757910281791706],
  [0.08, -1.4050715603096327],
  [0.2, -0.8416212335729142],
  [0.4, -0.2533471031357997],
  [0.6, 0.2533471031357997],
  [0.9, 1.2815515655446006],
  [0.975, 1.9599639845400538],
  [0.999, 3.090232306167813],
];

const LOG_GAMMAS: readonly [x: number, value: number][] = [
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [1, 0.0],
  [1.5, -0.12078223763524522],
  [2, 0.0],
  [3.3, 0.9870985778947344],
  [10, 12.801827480081469],
  [50.5, 146.51925549072064],
  [1000, 5905.220423209181],
  [100000.0, 1051287.7089736569],
];

const BETAS: readonly [a: number, b: number, x: number, value: number][] = [
  [0.5, 0.5, 0.3, 0.36901011956554536],
  [2, 3, 0.1, 0.052300000000000006],
  [10, 200, 0.02, 0.010010757270630779],
  [200, 10, 0.9, 0.0019952082927795893],
  [5000, 5000, 0.49, 0.022742032324574547],
  [0.5, 24999.5, 0.0001, 0.9746541459208662],
  [30, 70, 0.5, 0.9999769687851782],
  [30, 70, 0.3, 0.5116251045586091],
];

const T_QUANTILES: readonly [p: number, degrees: number, t: number][] = [
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.975, 5, 2.5705818356363146],
  [0.975, 30, 2.0422724563012378],
  [0.975, 99, 1.9842169515864172],
  [0.975, 1000, 1.962339080826408],
  [0.975, 49999, 1.9600114320426523],
  [0.999, 3, 10.214531852407383],
  [0.55, 7, 0.1302927965917775],
  [0.7, 10, 0.5415280387550155],
  [0.9999, 1, 3183.0987571185015],
];

const PINNED_ORDER = [1, 5, 3, 7, 6, 4, 2, 0];
