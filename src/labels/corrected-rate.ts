import type { CorrectedRate, Measures } from "../domain/calibration.ts";
import { itemAt } from "../domain/item-at.ts";
import { twoDecimals } from "../domain/two-decimals.ts";
import type { ClusterSums } from "../statistics/cluster-mean.ts";
import { predictionPoweredMean } from "../statistics/prediction-powered-mean.ts";
import { ROGAN_GLADEN_LEAST_YOUDEN, roganGladen } from "../statistics/rogan-gladen.ts";
import { mean } from "../statistics/sample-moments.ts";
import { effectiveClusterSize, wilsonNeff } from "../statistics/wilson-interval.ts";

/** A case of the run of which people labelled at least one answer. */
export interface LabelledCase {
  /** Index among the cases of the run. */
  readonly place: number;
  /** One entry per labelled answer: whether people pass the answer, and whether the run passed it. */
  readonly answers: readonly { readonly truth: boolean; readonly judged: boolean }[];
}

export interface CorrectionInput {
  /** For each answered case of the run: the number of trials, and the number of trials that the judge passes. */
  readonly run: ClusterSums;
  /** The judge's agreement with people. */
  readonly measures: Measures;
  /** The labelled cases if they are a random sample of the run's cases; otherwise null. */
  readonly sample: readonly LabelledCase[] | null;
  /**
   * Whether the rate also depends on other scorers. Then only labels of a random sample of this run can correct the
   * rate.
   */
  readonly others: boolean;
}

/** Minimum number of labelled cases for a correction from a random sample of the run. */
const LEAST_SAMPLE = 30;

/**
 * A pass rate of the run corrected for the judge's known error. The interval covers the uncertainty of the run, the
 * labels and the judge.
 */
export function correctedRate(input: CorrectionInput): CorrectedRate {
  const { sensitivity, specificity } = input.measures;
  if (sensitivity.value === null || specificity.value === null)
    return refused("the judge's error is unknown until people have passed some answers and failed others");
  // A judge may be asked about only some of the trials; in this run, perhaps about none.
  if (!Array.from(input.run.count).some((count) => count > 0))
    return refused("no answer of this run was judged");
  const youden = sensitivity.value + specificity.value - 1;
  if (youden < ROGAN_GLADEN_LEAST_YOUDEN) {
    return refused(
      `sensitivity + specificity − 1 is ${twoDecimals(youden)}; below ${ROGAN_GLADEN_LEAST_YOUDEN} the judge's verdicts tell too little`,
    );
  }
  if (input.sample !== null && input.sample.length >= LEAST_SAMPLE) return bySample(input, input.sample);
  if (input.others)
    return refused("other scorers decide the rate too, and the labels are not a random sample of this run");
  return byErrorRates(input, sensitivity.value, specificity.value);
}

function refused(why: string): CorrectedRate {
  return { value: null, low: null, high: null, method: null, labels: 0, why };
}

/**
 * PPI++ (prediction-powered inference) over cases. For the interval, one case is added for each combination of true
 * and judged verdict. Without these four cases the interval is too narrow near 0 and 1.
 */
function bySample({ run }: CorrectionInput, sample: readonly LabelledCase[]): CorrectedRate {
  const indexes = new Set(sample.map((one) => one.place));
  const share = (of: LabelledCase, key: "truth" | "judged"): number =>
    mean(of.answers.map((answer) => (answer[key] ? 1 : 0)));
  const truth = sample.map((one) => share(one, "truth"));
  const predictedLabelled = sample.map((one) => share(one, "judged"));
  const labels = sample.reduce((sum, one) => sum + one.answers.length, 0);
  const predictedUnlabelled: number[] = [];
  for (let index = 0; index < run.count.length; index++) {
    const count = itemAt(run.count, index);
    if (count > 0 && !indexes.has(index)) predictedUnlabelled.push(itemAt(run.sum, index) / count);
  }
  if (predictedUnlabelled.length < 2) {
    const all = {
      count: sample.map((one) => one.answers.length),
      sum: sample.map((one) => one.answers.filter((answer) => answer.truth).length),
    };
    return { value: mean(truth), ...wilsonNeff(all), method: "labels", labels };
  }
  const value = held(predictionPoweredMean({ truth, predictedLabelled, predictedUnlabelled }).estimate);
  const { interval } = predictionPoweredMean({
    truth: [...truth, 1, 0, 1, 0],
    predictedLabelled: [...predictedLabelled, 1, 0, 0, 1],
    predictedUnlabelled,
  });
  return {
    value,
    low: Math.min(value, held(interval.low)),
    high: Math.max(value, held(interval.high)),
    method: "ppi++",
    labels,
  };
}

function byErrorRates(
  { run, measures }: CorrectionInput,
  sensitivity: number,
  specificity: number,
): CorrectedRate {
  const positives = Math.max(1, Math.round(measures.positives));
  const negatives = Math.max(1, Math.round(measures.negatives));
  const { mean: rawRate, size } = effectiveClusterSize(answeredOnly(run));
  const found = roganGladen({
    // Only rounding can move a mean of shares out of [0, 1].
    rawRate: held(rawRate),
    rated: Math.max(1, Math.round(size)),
    truePositives: Math.round(sensitivity * positives),
    positives,
    trueNegatives: Math.round(specificity * negatives),
    negatives,
  });
  if (found === null) return refused("too few labels to tell the judge from chance");
  const value = found.estimate;
  return {
    value,
    low: Math.min(value, found.interval.low),
    high: Math.max(value, found.interval.high),
    method: "rogan-gladen",
    labels: measures.n,
  };
}

function answeredOnly({ count, sum }: ClusterSums): ClusterSums {
  const indexes = Array.from({ length: count.length }, (_, index) => index).filter(
    (index) => itemAt(count, index) > 0,
  );
  return {
    count: indexes.map((index) => itemAt(count, index)),
    sum: indexes.map((index) => itemAt(sum, index)),
  };
}

function held(rate: number): number {
  return Math.min(1, Math.max(0, rate));
}
