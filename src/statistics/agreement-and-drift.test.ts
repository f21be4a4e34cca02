import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  calibrationErrorInterval,
  calibrationTemperature,
  chanceCalibrationError,
  expectedCalibrationError,
  softmaxTemperature,
} from "./calibration.ts";
import { cohenKappa } from "./cohen-kappa.ts";
import { conformalCoverage, conformalQuantile } from "./conformal-quantile.ts";
import { CUSUM_START, cusum, cusumStep, shiryaevRoberts } from "./drift-detectors.ts";
import { gwetAc1 } from "./gwet-ac1.ts";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { positionBias } from "./position-bias.ts";
import { predictionPoweredMean } from "./prediction-powered-mean.ts";
import { roganGladen } from "./rogan-gladen.ts";
import { mean } from "./sample-moments.ts";
import { seededRandom } from "./seeded-random.ts";
import { wilsonInterval } from "./wilson-interval.ts";

const seeded = { seed: 20260106, numRuns: 150 };
const cell = fc.integer({ min: 0, max: 40 });
const table = fc
  .tuple(cell, cell, cell, cell)
  .filter(([a, b, c, d]) => a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0 && a + b + c + d > 3)
  .map(([a, b, c, d]) => [
    [a, b],
    [c, d],
  ]);

describe("agreement of two raters", () => {
  it("is 1 when they never differ and at most 1 otherwise", () => {
    expect(
      cohenKappa([
        [5, 0],
        [0, 7],
      ]),
    ).toEqual({ estimate: 1, standardError: 0 });
    expect(
      gwetAc1([
        [5, 0],
        [0, 7],
      ]).estimate,
    ).toBe(1);
    fc.assert(
      fc.property(table, (counts) => {
        expect(cohenKappa(counts)?.estimate).toBeLessThanOrEqual(1 + 1e-12);
        expect(gwetAc1(counts).estimate).toBeLessThanOrEqual(1 + 1e-12);
      }),
      seeded,
    );
  });

  it("does not depend on which rater is in rows and which in columns", () => {
    fc.assert(
      fc.property(table, ([[a = 0, b = 0] = [], [c = 0, d = 0] = []]) => {
        const one = [
          [a, b],
          [c, d],
        ];
        const other = [
          [a, c],
          [b, d],
        ];
        expect(cohenKappa(one)?.estimate).toBeCloseTo(cohenKappa(other)?.estimate ?? Number.NaN, 12);
        expect(cohenKappa(one)?.standardError).toBeCloseTo(cohenKappa(other)?.standardError ?? Number.NaN, 7);
        expect(gwetAc1(one).estimate).toBeCloseTo(gwetAc1(other).estimate, 12);
      }),
      seeded,
    );
  });

  it("has a standard error that halves with four times the units", () => {
    const one = [
      [20, 5, 1],
      [4, 30, 6],
      [0, 3, 31],
    ];
    const four = one.map((row) => row.map((count) => 4 * count));
    for (const weights of ["none", "linear", "quadratic"] as const) {
      const error = cohenKappa(one, weights)?.standardError ?? 0;
      expect(cohenKappa(four, weights)?.standardError).toBeCloseTo(error / 2, 12);
    }
  });

  it("gives near misses between ordered categories more credit the milder the weights", () => {
    const counts = [
      [10, 6, 0],
      [5, 10, 6],
      [0, 5, 10],
    ];
    const of = (weights: "none" | "linear" | "quadratic") => cohenKappa(counts, weights)?.estimate ?? 0;
    expect(of("linear")).toBeGreaterThan(of("none"));
    expect(of("quadratic")).toBeGreaterThan(of("linear"));
  });

  it("has no kappa, but an AC1, where both raters used one category only", () => {
    expect(
      cohenKappa([
        [9, 0],
        [0, 0],
      ]),
    ).toBeNull();
    expect(
      gwetAc1([
        [9, 0],
        [0, 0],
      ]).estimate,
    ).toBe(1);
  });

  it("rejects a table that is not square or not of counts", () => {
    expect(() => cohenKappa([[1, 2]])).toThrow(RangeError);
    expect(() => cohenKappa([[1, 2], [3]])).toThrow(RangeError);
    expect(() =>
      gwetAc1([
        [0.5, 1],
        [1, 1],
      ]),
    ).toThrow(RangeError);
    expect(() =>
      gwetAc1([
        [0, 0],
        [0, 0],
      ]),
    ).toThrow(RangeError);
  });
});

describe("krippendorffAlpha", () => {
  it("is Krippendorff's worked value for unordered ratings", () => {
    const units = [
      [1, 1, 1],
      [2, 2, 3, 2],
      [3, 3, 3, 3],
      [3, 3, 3, 3],
      [2, 2, 2, 2],
      [1, 2, 3, 4],
      [4, 4, 4, 4],
      [1, 1, 2, 1],
      [2, 2, 2, 2],
      [5, 5, 5],
      [1, 1],
      [3],
    ];
    expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3);
  });

  it("is 1 when ratings never differ within a unit and unknown when they never differ at all", () => {
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [2, 2],
          [3, 3, 3],
        ],
        "interval",
      ),
    ).toBe(1);
    expect(
      krippendorffAlpha(
        [
          [0.1, 0.1],
          [0.1, 0.1, 0.1],
        ],
        "interval",
      ),
    ).toBeNull();
    expect(krippendorffAlpha([[1], [2]])).toBeNull();
  });

  it("gives two categories the same value as names and as numbers", () => {
    const units = fc.array(fc.array(fc.constantFrom(0, 1), { minLength: 2, maxLength: 4 }), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(units, (ratings) => {
        const nominal = krippendorffAlpha(ratings, "nominal");
        const interval = krippendorffAlpha(ratings, "interval");
        if (nominal === null) expect(interval).toBeNull();
        else expect(interval).toBeCloseTo(nominal, 12);
      }),
      seeded,
    );
  });
});

describe("corrected rates", () => {
  const perfect = { truePositives: 50, positives: 50, trueNegatives: 40, negatives: 40 };

  it("do not change the rate of a perfect rater", () => {
    expect(roganGladen({ rawRate: 0.73, rated: 100, ...perfect })?.estimate).toBeCloseTo(0.73, 14);
  });

  it("undo known errors exactly", () => {
    const rater = { truePositives: 90, positives: 100, trueNegatives: 70, negatives: 100 };
    const rawRate = 0.6 * 0.9 + 0.4 * 0.3;
    const found = roganGladen({ rawRate, rated: 1000, ...rater });
    expect(found?.estimate).toBeCloseTo(0.6, 12);
    expect(found?.interval.low).toBeLessThan(0.6);
    expect(found?.interval.high).toBeGreaterThan(0.6);
  });

  it("are refused when the rater is hardly better than chance", () => {
    const guesser = { truePositives: 55, positives: 100, trueNegatives: 60, negatives: 100 };
    expect(roganGladen({ rawRate: 0.5, rated: 100, ...guesser })).toBeNull();
    expect(() => roganGladen({ rawRate: 0.5, rated: 100, ...guesser, truePositives: 101 })).toThrow(
      RangeError,
    );
  });

  it("use predictions as far as they help: fully, or not at all", () => {
    const truth = Array.from({ length: 100 }, (_, i) => (i % 5 === 0 ? 0 : 1));
    const rest = Array.from({ length: 100_000 }, (_, i) => (i % 4 === 0 ? 0 : 1));
    const exact = predictionPoweredMean({ truth, predictedLabelled: truth, predictedUnlabelled: rest });
    expect(exact.lambda).toBeGreaterThan(0.8);
    expect(exact.estimate).toBeCloseTo(0.8 - 0.05 * exact.lambda, 12);
    const constant = truth.map(() => 1);
    const useless = predictionPoweredMean({
      truth,
      predictedLabelled: constant,
      predictedUnlabelled: [1, 1],
    });
    expect(useless.lambda).toBe(0);
    expect(useless.estimate).toBeCloseTo(0.8, 14);
    const width = (interval: { low: number; high: number }) => interval.high - interval.low;
    expect(width(exact.interval)).toBeLessThan(width(useless.interval) / 5);
    expect(width(useless.interval)).toBeGreaterThan(width(wilsonInterval(0.8, 100, 1.9)));
  });
});

describe("calibration", () => {
  it("has error 0 when confidence is the share correct, and error 1 when certain statements are always wrong", () => {
    expect(expectedCalibrationError([0.5, 0.5], [1, 0])).toBeCloseTo(0, 14);
    expect(expectedCalibrationError([1, 1, 1], [0, 0, 0])).toBe(1);
  });

  it("puts a confidence on an edge into the lower bin", () => {
    // 0.1 + 0.2 is slightly more than 0.3, but counts as the edge of the bin (0.2, 0.3].
    const together = expectedCalibrationError([0.1 + 0.2, 0.25], [1, 0]);
    expect(together).toBeCloseTo(Math.abs(1 - (0.3 + 0.25)) / 2, 12);
    expect(expectedCalibrationError([0, 0.05], [0, 1])).toBeCloseTo(0.95 / 2, 12);
  });

  it("finds the temperature of overconfident logits", () => {
    // Log-odds of 1 mean right 73.1 % of the time; stated as 2, they need a temperature of 2.
    const right = 731;
    const logits = new Array<number>(1000).fill(2);
    const labels = logits.map((_, i) => (i < right ? 1 : 0));
    expect(calibrationTemperature(logits, labels)).toBeCloseTo(2 / Math.log(0.731 / 0.269), 6);
  });

  it("stops at the limit of the range for logits that are always right, however large", () => {
    expect(calibrationTemperature([900, -900], [1, 0])).toBeGreaterThan(0);
    expect(calibrationTemperature([1, -1], [1, 0])).toBeCloseTo(Math.exp(-3), 6);
    expect(calibrationTemperature([900, -900], [0, 1])).toBeCloseTo(Math.exp(3), 6);
  });

  it("gives two labels the same temperature by softmax as by log-odds", () => {
    const logits = [2, -1, 0.5, 3, -2, 1];
    const labels = [1, 0, 0, 1, 1, 0];
    const pairs = logits.map((logit) => [0, logit]);
    expect(softmaxTemperature(pairs, labels)).toBeCloseTo(calibrationTemperature(logits, labels), 6);
    expect(() => softmaxTemperature([[0, 1]], [2])).toThrow(RangeError);
  });

  it("predicts the error that simulated true confidences show", () => {
    const random = seededRandom("chance");
    const confidences = Array.from({ length: 300 }, () => random());
    const shown = Array.from({ length: 400 }, () =>
      expectedCalibrationError(
        confidences,
        confidences.map((confidence) => (random() < confidence ? 1 : 0)),
      ),
    );
    expect(chanceCalibrationError(confidences)).toBeCloseTo(mean(shown), 2);
    expect(chanceCalibrationError([0, 1])).toBe(0);
  });

  it("has an interval that covers the true error", () => {
    const random = seededRandom("bounds");
    // Confidence 0.9 and right 70 % of the time: the error is 0.2.
    const confidences = new Array<number>(200).fill(0.9);
    const covered = Array.from({ length: 200 }, (_, i) => {
      const correct = confidences.map(() => (random() < 0.7 ? 1 : 0));
      const { low, high } = calibrationErrorInterval(confidences, correct, { seed: `${i}`, resamples: 400 });
      return low <= 0.2 && 0.2 <= high ? 1 : 0;
    });
    expect(mean(covered)).toBeGreaterThan(0.9);
    expect(mean(covered)).toBeLessThan(0.99);
  });

  it("gives an interval for the coverage of a conformal threshold, and null for too few scores", () => {
    expect(conformalCoverage(18, 0.05)).toBeNull();
    const found = conformalCoverage(199, 0.1);
    // Beta(180, 20) has mean 0.9.
    expect(found?.low).toBeCloseTo(0.855, 2);
    expect(found?.high).toBeCloseTo(0.938, 2);
  });

  it("covers as often as promised: a fresh score exceeds the threshold with probability at most alpha", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.constantFrom(0.05, 0.1, 0.2, 0.5), (size, alpha) => {
        const all = Array.from({ length: size + 1 }, (_, i) => i);
        const above = all.filter(
          (fresh) =>
            fresh >
            conformalQuantile(
              all.filter((score) => score !== fresh),
              alpha,
            ),
        );
        expect(above.length / all.length).toBeLessThanOrEqual(alpha + 1e-12);
      }),
      seeded,
    );
    expect(conformalQuantile(new Array<number>(18).fill(0), 0.05)).toBe(Number.POSITIVE_INFINITY);
    expect(conformalQuantile(new Array<number>(19).fill(0), 0.05)).toBe(0);
  });
});

describe("drift detectors", () => {
  const stream = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 40 });

  it("swap their sides when the stream changes sign", () => {
    fc.assert(
      fc.property(stream, (values) => {
        const negated = values.map((value) => -value);
        cusum(negated).forEach((state, i) => {
          const mirror = cusum(values)[i];
          expect(state).toEqual({ high: mirror?.low, low: mirror?.high });
        });
        shiryaevRoberts(negated).forEach((sum, i) => {
          expect(sum / (shiryaevRoberts(values)[i] ?? 0)).toBeCloseTo(1, 9);
        });
      }),
      seeded,
    );
  });

  it("give the same step by step as for the whole stream", () => {
    const values = [0.3, 2, -1, 1.5, 0.9];
    const last = values.reduce((state, value) => cusumStep(state, value, 0.4), CUSUM_START);
    expect(cusum(values, 0.4)[4]).toEqual(last);
  });

  it("add up while a shift lasts and stay at zero without one", () => {
    expect(cusum(new Array<number>(12).fill(1))[11]).toEqual({ high: 6, low: 0 });
    expect(cusum(new Array<number>(12).fill(0.4))[11]).toEqual({ high: 0, low: 0 });
    expect(() => shiryaevRoberts([1], [])).toThrow(RangeError);
  });
});

describe("positionBias", () => {
  it("is a two-sided, symmetric p-value, and 1 without bias", () => {
    expect(positionBias(0, 0)).toBe(1);
    expect(positionBias(8, 8)).toBe(1);
    expect(positionBias(3, 12)).toBe(positionBias(12, 3));
    expect(positionBias(0, 5)).toBeCloseTo(2 / 32, 15);
  });
});
