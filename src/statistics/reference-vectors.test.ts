import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type SpendingFunction, spentAlpha } from "./alpha-spending.ts";
import { bettingWealth } from "./betting-wealth.ts";
import { clopperPearson, jeffreys } from "./binomial-intervals.ts";
import { bcaExhaustive } from "./bootstrap-bca.ts";
import { calibrationTemperature, expectedCalibrationError } from "./calibration.ts";
import { clusterDifferenceOfValues } from "./cluster-difference.ts";
import { clusterMeanOfValues } from "./cluster-mean.ts";
import { cohenKappa, type KappaWeights } from "./cohen-kappa.ts";
import { conformalQuantile } from "./conformal-quantile.ts";
import { cusum, shiryaevRoberts } from "./drift-detectors.ts";
import { fisherLess } from "./fisher-exact-test.ts";
import { ldBounds } from "./group-sequential-bounds.ts";
import { gwetAc1 } from "./gwet-ac1.ts";
import { intervalVerdict } from "./interval-verdict.ts";
import { krippendorffAlpha, type RatingMetric } from "./krippendorff-alpha.ts";
import { benjaminiHochberg, holm } from "./multiple-comparisons.ts";
import { nonInferiorityZ } from "./non-inferiority.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { mcnemarOneSided, pairedT, signFlipExact } from "./paired-tests.ts";
import { flipRate, passAtK, passHatK, passHatKDiff, passHatKMacro, passKExpectedCalls } from "./pass-k.ts";
import { positionBias } from "./position-bias.ts";
import { clustersNeeded, differenceVariance, minimumDetectableEffect, powerToDetect } from "./power.ts";
import { predictionPoweredMean } from "./prediction-powered-mean.ts";
import { quantile7, quantileCiRanks } from "./quantile.ts";
import { roganGladen } from "./rogan-gladen.ts";
import { sequentialGate } from "./sequential-gate.ts";
import type { Stratum } from "./strata-columns.ts";
import { exactStratifiedTest } from "./stratified-exact-test.ts";
import { cmhZ } from "./stratified-z-test.ts";
import { thresholdDecided } from "./threshold-curtailment.ts";
import { wilsonInterval, wilsonNeffOfValues } from "./wilson-interval.ts";

type Vector = { id: string; fn: string; input: unknown; expected: unknown; tol: number };
type Numbers = Record<string, number>;
type Rows = number[][];
type Sides = { cases: { base: number[]; cand: number[] }[]; delta: number };
type Gate = { base: Rows; cand: Rows; delta: number; alpha: number; spending: SpendingFunction };

const pair = ({ low, high }: { low: number | null; high: number | null }) => [low, high];
const agreement = (found: { estimate: number; standardError: number } | null) =>
  found && [found.estimate, found.standardError];
const sides = ({ cases }: Sides) =>
  clusterDifferenceOfValues(cases.map(({ base, cand }) => ({ base, candidate: cand })));

/** By the vectors' name for a function: calls ours with a vector's input, returns the result in the vector's shape. */
// biome-ignore lint/suspicious/noExplicitAny: each vector's input has its own shape, named per line.
const adapters: Record<string, (input: any) => unknown> = {
  passHatK: ({ n, c, k }) => passHatK(n, c, k),
  passAtK: ({ n, c, k }) => passAtK(n, c, k),
  passHatKMacro: ({ cases, k }: { cases: [number, number][]; k: number }) =>
    passHatKMacro(
      cases.map(([trials, successes]) => ({ trials, successes })),
      k,
    ),
  flipRate: ({ n, c }) => flipRate(n, c),
  clusterMeanSe: ({ cases }: { cases: Rows }) => {
    const { mean, standardError } = clusterMeanOfValues(cases);
    return [mean, standardError];
  },
  jeffreys: ({ c, n, conf }) => pair(jeffreys(c, n, conf)),
  wilson: ({ c, n, conf }) => pair(wilsonInterval(c / n, n, normalQuantile(1 - (1 - conf) / 2))),
  clopperPearson: ({ c, n, conf }) => pair(clopperPearson(c, n, conf)),
  wilsonNeff: ({ cases, conf }) => pair(wilsonNeffOfValues(cases, conf)),
  bcaExhaustive: ({ values, conf }) => pair(bcaExhaustive(values, conf)),
  quantile7: ({ x, q }) => quantile7(x, q),
  quantileCiRanks: ({ n, q, conf }) => pair(quantileCiRanks(n, q, conf)),
  mcnemarOneSided: ({ improved, worsened }) => mcnemarOneSided(improved, worsened),
  exactStratified: ({ strata }: { strata: Stratum[] }) => {
    const { drop, dropMidP } = exactStratifiedTest(strata);
    return { p: drop, midP: dropMidP };
  },
  cmhZ: ({ strata }) => cmhZ(strata),
  suiteDiff: (input: Sides) => {
    const { theta, sePermutation, seBetween } = sides(input);
    return { theta, seSuite: sePermutation, seCase: seBetween };
  },
  pairedT: ({ d }) => Object.values(pairedT(d)),
  signFlipExact: ({ d }) => signFlipExact(d),
  fisherLess: (stratum) => fisherLess(stratum),
  holm: ({ p }) => holm(p),
  bh: ({ p }) => benjaminiHochberg(p),
  verdict: ({ lo, hi, delta }) => intervalVerdict({ low: lo, high: hi }, delta),
  powerPlan: ({ p, rho, k, m, sdEffect, nCases, drop, alpha, power }) => {
    const design = { rate: p, correlation: rho, candidateTrials: k, baseTrials: m };
    const variance = differenceVariance({ ...design, effectDeviation: sdEffect });
    return {
      power: powerToDetect(nCases, drop, variance, { alpha }),
      mde: minimumDetectableEffect(nCases, variance, { alpha, power }),
      nCasesNeeded: clustersNeeded(drop, variance, { alpha, power }),
    };
  },
  spend: ({ t, kind, alpha }) => spentAlpha(t, kind, alpha),
  ldBounds: ({ t, kind, alpha }) => ldBounds({ times: t, spending: kind, alpha }),
  passKExpectedCalls: ({ p, k }) => passKExpectedCalls(p, k),
  thresholdDecided: ({ N, tau, successes, failures }) => thresholdDecided(N, tau, { successes, failures }),
  bettingWealth: ({ u, lambda_ }) => bettingWealth(u, lambda_),
  cohenKappa: ({ table, weights }: { table: Rows; weights: KappaWeights | null }) =>
    agreement(cohenKappa(table, weights ?? "none")),
  gwetAc1: ({ table }) => agreement(gwetAc1(table)),
  krippendorffAlpha: ({ units, metric }: { units: Rows; metric: RatingMetric }) =>
    krippendorffAlpha(units, metric),
  roganGladen: ({ rawRate, nJudged, tp, nHumanPass, tn, nHumanFail, conf }) => {
    const found = roganGladen(
      {
        rawRate,
        rated: nJudged,
        truePositives: tp,
        positives: nHumanPass,
        trueNegatives: tn,
        negatives: nHumanFail,
      },
      conf,
    );
    return found && [found.estimate, ...pair(found.interval)];
  },
  ppiPlusPlus: ({ human, judgeOnLabelled, judgeUnlabelled, conf }) => {
    const { lambda, estimate, interval } = predictionPoweredMean(
      { truth: human, predictedLabelled: judgeOnLabelled, predictedUnlabelled: judgeUnlabelled },
      conf,
    );
    return [lambda, estimate, ...pair(interval)];
  },
  ece: ({ conf, correct, bins }) => expectedCalibrationError(conf, correct, bins),
  temperature: ({ logits, y }) => calibrationTemperature(logits, y),
  conformalQuantile: ({ scores, alpha }) => conformalQuantile(scores, alpha),
  cusum: ({ z, k }) => cusum(z, k).map(({ high, low }) => [high, low]),
  positionBias: ({ firstWins, secondWins }) => positionBias(firstWins, secondWins),
  nonInferiorityZ: (input: Sides) => nonInferiorityZ(sides(input), input.delta),
  sequentialGate: ({ base, cand, ...settings }: Gate) => {
    const { trace, ...end } = sequentialGate(base, cand, settings);
    return { ...end, trace: trace.map(({ p, passZ, ...rest }) => ({ ...rest, midP: p, niZ: passZ })) };
  },
  passHatKDiff: ({ m, b, K, x, k }: Numbers & Record<"m" | "b" | "K" | "x" | "k", number>) => {
    const { diff, permutationVariance } = passHatKDiff({ m, b, k: K, x }, k);
    return { diff, permVar: permutationVariance };
  },
  srDetector: ({ z, lambdas }) => shiryaevRoberts(z, lambdas),
};

/** Expects numbers to agree within `tol` and all else to be equal. Null means undefined or unbounded. */
function expectClose(found: unknown, expected: unknown, tol: number, at = "result"): void {
  if (typeof expected === "number") {
    expect(typeof found, at).toBe("number");
    expect(Math.abs(Number(found) - expected), `${at}: ${found} for ${expected}`).toBeLessThanOrEqual(tol);
  } else if (expected === "Infinity") {
    expect(found, at).toBe(Number.POSITIVE_INFINITY);
  } else if (typeof expected === "object" && expected !== null) {
    const wanted = Object.entries(expected);
    expect(Object.keys(found ?? {}).sort(), at).toEqual(wanted.map(([key]) => key).sort());
    for (const [key, value] of wanted) {
      expectClose((found as Record<string, unknown>)[key], value, tol, `${at}.${key}`);
    }
  } else {
    expect(found, at).toBe(expected);
  }
}

const path =
  process.env.EVALS_REFERENCE_VECTORS ??
  new URL("../../fixtures/statistics/reference-vectors.json", import.meta.url);
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(path, "utf8"));

describe("statistics agree with reference values", () => {
  it("finds reference values to compare with", () => {
    expect(vectors.length).toBeGreaterThan(0);
  });

  for (const { id, fn, input, expected, tol } of vectors) {
    it(id, () => {
      const adapter = adapters[fn];
      if (!adapter) throw new Error(`no adapter for ${fn}`);
      expectClose(adapter(input), expected, tol);
    });
  }
});
