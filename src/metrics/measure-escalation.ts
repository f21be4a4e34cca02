import type { Escalated, Escalation, Share, StatedAnswer } from "../domain/escalation.ts";
import { clopperPearson } from "../statistics/binomial-intervals.ts";
import {
  calibrationErrorInterval,
  calibrationTemperature,
  chanceCalibrationError,
  expectedCalibrationError,
  softmaxTemperature,
  TEMPERATURE_RANGE,
} from "../statistics/calibration.ts";
import { conformalCoverage, conformalQuantile } from "../statistics/conformal-quantile.ts";

export interface EscalationGoals {
  /** Wanted share of correct answers among those that nobody reviews, in (0, 1]. */
  readonly target: number;
  /** Allowed probability that the set of an answer's likely labels lacks the right label, in (0, 1). */
  readonly alpha: number;
}

/** Measures how well stated confidences tell which answers need a person. @param answers at least two */
export function measureEscalation(
  answers: readonly StatedAnswer[],
  { target, alpha }: EscalationGoals,
): Escalation {
  const threshold = thresholdFor(answers, target);
  const names = [...new Set(answers.flatMap(({ strata }) => strata))].sort();
  return {
    n: answers.length,
    accuracy: shareRight(answers),
    ece: calibrationError(answers),
    temperature: temperatureOf(answers),
    threshold,
    conformal: conformalSet(answers, alpha),
    strata: names.map((stratum) => {
      const members = answers.filter(({ strata }) => strata.includes(stratum));
      return { stratum, ece: errorOf(members), ...escalated(members, threshold.value) };
    }),
    all: escalated(answers, threshold.value),
  };
}

const confidencesOf = (answers: readonly StatedAnswer[]): number[] =>
  answers.map(({ confidence }) => confidence);
const rightOnes = (answers: readonly StatedAnswer[]): number[] =>
  answers.map(({ correct }) => (correct ? 1 : 0));
const shareRight = (answers: readonly StatedAnswer[]): number =>
  answers.filter(({ correct }) => correct).length / answers.length;
const errorOf = (answers: readonly StatedAnswer[]): number =>
  expectedCalibrationError(confidencesOf(answers), rightOnes(answers));

function calibrationError(answers: readonly StatedAnswer[]): Escalation["ece"] {
  const [confidences, correct] = [confidencesOf(answers), rightOnes(answers)];
  return {
    value: expectedCalibrationError(confidences, correct),
    ...calibrationErrorInterval(confidences, correct, { seed: "escalation" }),
    bias: chanceCalibrationError(confidences),
  };
}

/** Probabilities are kept this far from 0 and 1, because the logarithm of a probability rounded to 0 is infinite. */
const ROUNDED = 1e-9;
const logOf = (probability: number): number =>
  Math.log(Math.min(1 - ROUNDED, Math.max(ROUNDED, probability)));

function temperatureOf(answers: readonly StatedAnswer[]): number | null {
  const temperature = answers.every(({ labels }) => labels !== undefined)
    ? softmaxTemperature(
        answers.map(({ labels }) => Object.values(labels?.scores ?? {}).map(logOf)),
        answers.map(({ labels }) => Object.keys(labels?.scores ?? {}).indexOf(labels?.label ?? "")),
      )
    : calibrationTemperature(
        answers.map(({ confidence }) => logOf(confidence) - logOf(1 - confidence)),
        rightOnes(answers),
      );
  const { low, high } = TEMPERATURE_RANGE;
  return temperature < low * 1.0001 || temperature > high * 0.9999 ? null : temperature;
}

function thresholdFor(answers: readonly StatedAnswer[], target: number): Escalation["threshold"] {
  const surest = [...answers].sort((one, other) => other.confidence - one.confidence);
  let right = 0;
  let kept: { readonly count: number; readonly right: number } | null = null;
  surest.forEach(({ confidence, correct }, i) => {
    right += correct ? 1 : 0;
    const isLastOfItsKind = (surest[i + 1]?.confidence ?? -1) < confidence;
    if (isLastOfItsKind && right / (i + 1) >= target) kept = { count: i + 1, right };
  });
  return described(kept, surest, target);
}

function described(
  kept: { readonly count: number; readonly right: number } | null,
  surest: readonly StatedAnswer[],
  target: number,
): Escalation["threshold"] {
  if (kept === null)
    return {
      ...{ target, value: null, accuracy: null, low: null, high: null },
      escalation_rate: 1,
      band: "miscalibrated",
    };
  const rate = 1 - kept.count / surest.length;
  return {
    target,
    value: surest[kept.count - 1]?.confidence ?? null,
    accuracy: kept.right / kept.count,
    ...clopperPearson(kept.right, kept.count),
    escalation_rate: rate,
    band: rate > 0.3 ? "miscalibrated" : rate > 0.15 ? "above" : rate < 0.1 ? "below" : "within",
  };
}

/** 1 minus the score of each label. An answer with only a confidence has two labels, "right" and "wrong". */
const distances = ({ labels, confidence }: StatedAnswer): number[] =>
  (labels === undefined ? [confidence, 1 - confidence] : Object.values(labels.scores)).map((p) => 1 - p);

function conformalSet(answers: readonly StatedAnswer[], alpha: number): Escalation["conformal"] {
  const coverage = conformalCoverage(answers.length, alpha);
  if (coverage === null) return null;
  const qhat = conformalQuantile(
    answers.map(({ labels, confidence, correct }) =>
      labels === undefined ? (correct ? 1 - confidence : confidence) : 1 - (labels.scores[labels.label] ?? 0),
    ),
    alpha,
  );
  const unsure = answers.filter((one) => distances(one).filter((d) => d <= qhat).length !== 1);
  return { alpha, qhat, coverage, escalation_rate: unsure.length / answers.length };
}

function escalated(answers: readonly StatedAnswer[], threshold: number | null): Escalated {
  const isKept = ({ confidence }: StatedAnswer): boolean => threshold !== null && confidence >= threshold;
  const right = answers.filter(({ correct }) => correct);
  const wrong = answers.filter(({ correct }) => !correct);
  return {
    n: answers.length,
    accuracy: shareRight(answers),
    escalation_rate:
      threshold === null ? null : answers.filter((one) => !isKept(one)).length / answers.length,
    false_alarms: shareOf(right.filter((one) => !isKept(one)).length, right.length),
    missed: shareOf(wrong.filter(isKept).length, wrong.length),
  };
}

function shareOf(part: number, n: number): Share {
  return n === 0 ? null : { value: part / n, n, ...clopperPearson(part, n) };
}
