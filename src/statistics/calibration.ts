import {
  requireCount,
  requirePart,
  requirePositive,
  requireProportion,
  requireSameLength,
} from "./argument-checks.ts";
import { bcaInterval } from "./bootstrap-bca.ts";
import type { Interval } from "./interval.ts";
import { numberAt } from "./number-at.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * Expected calibration error: the mean absolute difference between stated confidence and share of right statements,
 * over bins (low, high] of equal width. The weight of a bin is its number of statements; the first bin also
 * contains 0. The estimate is biased upward for small samples, so report n with it.
 *
 * @param confidences each in [0, 1]
 * @param correct 1 where the statement was right, 0 where not, in the same order
 * @param bins at least 1
 * @returns in [0, 1]
 * @throws {RangeError} if there is no confidence, lengths differ, or a value is out of range
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly number[],
  bins = 10,
): number {
  return errorOf(binned(confidences, correct, bins));
}

/**
 * Each statement's bin, its deviation `off` (correct minus confidence), and in `gaps` the sum of the deviations in each
 * bin. A bin contributes |sum| / n to the error, where n is the number of all statements.
 */
type Binned = { readonly bin: Int32Array; readonly off: Float64Array; readonly gaps: Float64Array };

function binned(confidences: readonly number[], correct: readonly number[], bins: number): Binned {
  requireSameLength({ confidences, correct });
  requireCount("number of confidences", confidences.length, 1);
  requireCount("bins", bins, 1);
  const bin = Int32Array.from(confidences, (confidence) => {
    requireProportion("confidence", confidence);
    return binOf(confidence, bins);
  });
  const off = Float64Array.from(confidences, (confidence, i) => {
    requirePart("correct", correct[i] ?? -1, 1);
    return numberAt(correct, i) - confidence;
  });
  const gaps = new Float64Array(bins);
  for (const [i, at] of bin.entries()) gaps[at] = numberAt(gaps, at) + numberAt(off, i);
  return { bin, off, gaps };
}

function errorOf({ gaps, off }: Pick<Binned, "gaps" | "off">): number {
  return sumOfSizes(gaps) / off.length;
}

function sumOfSizes(gaps: Float64Array): number {
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
}

/**
 * The {@link expectedCalibrationError} that chance alone causes when every statement is right exactly as often as it
 * claims: per bin the expected size of the sum of deviations, √(2/π Σ c(1 - c)) by the normal approximation. This
 * value is an upper bound of the estimate's bias.
 *
 * @returns in [0, 1]; 0 only where every confidence is 0 or 1
 * @throws {RangeError} if there is no confidence or one is out of range
 */
export function chanceCalibrationError(confidences: readonly number[], bins = 10): number {
  requireCount("number of confidences", confidences.length, 1);
  const variances = new Float64Array(bins);
  for (const confidence of confidences) {
    requireProportion("confidence", confidence);
    const bin = binOf(confidence, bins);
    variances[bin] = numberAt(variances, bin) + confidence * (1 - confidence);
  }
  const sizes = variances.map((variance) => Math.sqrt((2 / Math.PI) * variance));
  return sumOfSizes(sizes) / confidences.length;
}

/**
 * BCa interval of {@link expectedCalibrationError}, by seeded resampling of the statements.
 *
 * @param options seed: any text, the same seed gives the same interval; resamples: at least 1
 * @throws {RangeError} if there are fewer than two statements, lengths differ, or a value is out of range
 */
export function calibrationErrorInterval(
  confidences: readonly number[],
  correct: readonly number[],
  {
    seed,
    resamples = 2000,
    bins = 10,
  }: { readonly seed: string; readonly resamples?: number; readonly bins?: number },
): Interval {
  requireCount("number of confidences", confidences.length, 2);
  const { bin, off, gaps } = binned(confidences, correct, bins);
  const size = off.length;
  const random = seededRandom(seed);
  const replicates = Float64Array.from({ length: resamples }, () => {
    const drawn = new Float64Array(bins);
    for (let i = 0; i < size; i++) {
      const one = Math.floor(random() * size);
      const at = numberAt(bin, one);
      drawn[at] = numberAt(drawn, at) + numberAt(off, one);
    }
    return sumOfSizes(drawn) / size;
  });
  const total = sumOfSizes(gaps);
  const jackknife = off.map((value, i) => {
    const gap = numberAt(gaps, numberAt(bin, i));
    return (total - Math.abs(gap) + Math.abs(gap - value)) / (size - 1);
  });
  return bcaInterval({ estimate: total / size, replicates, jackknife });
}

/** Rounds to 9 digits: 0.07 · 100 is 7.000000000000001 in floating point, and must not fall into the bin above 7. */
function binOf(confidence: number, bins: number): number {
  const index = Math.round(confidence * bins * 1e9) / 1e9;
  return Math.max(0, Math.ceil(index) - 1);
}

const LOG_TEMPERATURE_LIMIT = 3;

/** The range of temperatures searched; a result at either end means that the best temperature is outside. */
export const TEMPERATURE_RANGE: Interval = {
  low: Math.exp(-LOG_TEMPERATURE_LIMIT),
  high: Math.exp(LOG_TEMPERATURE_LIMIT),
};

/**
 * The temperature T for which σ(logit / T) maximizes the likelihood of the labels; above 1 means overconfident
 * logits. Golden-section search of log T in [-3, 3].
 *
 * @param logits log-odds of label 1
 * @param labels 0 or 1, in the same order
 * @returns in [e^-3, e^3]
 * @throws {RangeError} if there is no logit, lengths differ, or a label is not 0 or 1
 */
export function calibrationTemperature(logits: readonly number[], labels: readonly number[]): number {
  requireSameLength({ logits, labels });
  requireCount("number of logits", logits.length, 1);
  for (const label of labels) requirePart("label", label, 1);
  return likeliestTemperature((temperature) => logLoss(logits, labels, temperature));
}

/**
 * Like {@link calibrationTemperature} for several labels: the T for which softmax(scores / T) maximizes the
 * likelihood.
 *
 * @param logScores for each statement one number per label, up to a constant: log probabilities or logits
 * @param labels index of the right label, in the same order
 * @returns in [e^-3, e^3]
 * @throws {RangeError} if there is no statement, lengths differ, or a label is not an index of its list
 */
export function softmaxTemperature(
  logScores: readonly (readonly number[])[],
  labels: readonly number[],
): number {
  requireSameLength({ logScores, labels });
  requireCount("number of statements", logScores.length, 1);
  logScores.forEach((scores, i) => {
    requirePart("label", labels[i] ?? -1, scores.length - 1);
  });
  return likeliestTemperature((temperature) => {
    let sum = 0;
    logScores.forEach((scores, i) => {
      const scaled = scores.map((score) => score / temperature);
      const top = Math.max(...scaled);
      const all = scaled.reduce((total, score) => total + Math.exp(score - top), 0);
      sum += top + Math.log(all) - numberAt(scaled, numberAt(labels, i));
    });
    return sum / logScores.length;
  });
}

function likeliestTemperature(lossAt: (temperature: number) => number): number {
  const loss = (logTemperature: number): number => lossAt(Math.exp(logTemperature));
  return Math.exp(goldenSection(loss, -LOG_TEMPERATURE_LIMIT, LOG_TEMPERATURE_LIMIT));
}

function logLoss(logits: readonly number[], labels: readonly number[], temperature: number): number {
  requirePositive("temperature", temperature);
  let sum = 0;
  logits.forEach((logit, i) => {
    const margin = (labels[i] === 1 ? logit : -logit) / temperature;
    // log(1 + e^-margin) without overflow on either side.
    sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  });
  return sum / logits.length;
}

function goldenSection(loss: (at: number) => number, from: number, to: number): number {
  const share = (Math.sqrt(5) - 1) / 2;
  let low = from;
  let high = to;
  let left = high - share * (high - low);
  let right = low + share * (high - low);
  let lossLeft = loss(left);
  let lossRight = loss(right);
  while (high - low > 1e-9) {
    if (lossLeft < lossRight) {
      high = right;
      [right, lossRight] = [left, lossLeft];
      left = high - share * (high - low);
      lossLeft = loss(left);
    } else {
      low = left;
      [left, lossLeft] = [right, lossRight];
      right = low + share * (high - low);
      lossRight = loss(right);
    }
  }
  return (low + high) / 2;
}
