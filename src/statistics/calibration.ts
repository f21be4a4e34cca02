import {
  requireCount,
  requirePart,
  requirePositive,
  requireProportion,
  requireSameLength,
} from "./argument-checks.ts";

/**
 * Expected calibration error: the mean distance between stated confidence and share correct, over
 * equal bins (low, high], the first one closed. Biased upward for small samples; say n with it.
 *
 * @param confidences each in [0, 1]
 * @param correct 1 where the statement was right, 0 where not, in the same order
 * @param bins at least 1
 * @returns in [0, 1]
 * @throws {RangeError} if there is none, lengths differ, or a value is out of range
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly number[],
  bins = 10,
): number {
  requireSameLength({ confidences, correct });
  requireCount("number of confidences", confidences.length, 1);
  requireCount("bins", bins, 1);
  // Per bin the sum of (correct - confidence): |sum| / n is the bin's share of the error.
  const gaps = new Float64Array(bins);
  confidences.forEach((confidence, i) => {
    requireProportion("confidence", confidence);
    requirePart("correct", correct[i] ?? -1, 1);
    const bin = binOf(confidence, bins);
    gaps[bin] = (gaps[bin] ?? 0) + (correct[i] ?? 0) - confidence;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
}

/** Edges are compared after rounding to 9 digits: 0.3 · 10 must not land above 3. */
function binOf(confidence: number, bins: number): number {
  const place = Math.round(confidence * bins * 1e9) / 1e9;
  return Math.max(0, Math.ceil(place) - 1);
}

const LOG_TEMPERATURE_LIMIT = 3;

/**
 * Temperature T that makes σ(logit / T) the likeliest explanation of the labels; above 1 means the
 * logits were too sure. Golden-section search of log T in [-3, 3].
 *
 * @param logits log-odds of label 1
 * @param labels 0 or 1, in the same order
 * @returns in [e^-3, e^3]
 * @throws {RangeError} if there is none, lengths differ, or a label is not 0 or 1
 */
export function calibrationTemperature(logits: readonly number[], labels: readonly number[]): number {
  requireSameLength({ logits, labels });
  requireCount("number of logits", logits.length, 1);
  for (const label of labels) requirePart("label", label, 1);
  const loss = (logTemperature: number): number => logLoss(logits, labels, Math.exp(logTemperature));
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
