import type { Escalated, MeasuredEscalation, Share } from "../../domain/escalation.ts";
import { count, percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { columns, type Style } from "./style.ts";

/** Minimum number of answers for a useful threshold; with fewer, the report says so. */
const ENOUGH = 200;

/**
 * The report of `evals escalation`: the threshold, whether confidences are calibrated, then each stratum. Ends
 * with a line feed.
 */
export function escalationText(measured: MeasuredEscalation, style: Style, width: number): string {
  const lines = [
    `${style.strong(plainLine(measured.source))}   ${plural(measured.n, "answer")}, ${percent(measured.accuracy)} right`,
    `  ${thresholdLine(measured)}`,
    `  ${errorLine(measured)}`,
    ...temperatureLine(measured),
    `  ${conformalLine(measured)}`,
    ...measured.notes.map((note) => `  ${note}`),
    ...(measured.n < ENOUGH
      ? [`  ${count(measured.n)} answers are too few to rely on these numbers: use at least ${ENOUGH}.`]
      : []),
  ].flatMap((line) => fold(line, width));
  return `${[...lines, ...tableLines(measured)].join("\n")}\n`;
}

const BAND = {
  below: "less than the usual 10 to 15 %",
  within: "within the usual 10 to 15 %",
  above: "more than the usual 10 to 15 %",
  miscalibrated: "more than 30 %: the confidence distinguishes right from wrong answers too poorly",
} as const;

function thresholdLine({ threshold, n }: MeasuredEscalation): string {
  const { target, value, accuracy, low, high, escalation_rate: rate, band } = threshold;
  if (value === null || accuracy === null || low === null || high === null)
    return `No confidence threshold makes ${percent(target)} of the answers right: every answer goes to a person.`;
  return `With a confidence of ${shown(value)} or more, ${percent(accuracy)} of the answers are right (${percent(low)} to ${percent(high)}). The others go to a person: ${percent(rate)} of ${count(n)}, ${BAND[band]}.`;
}

function errorLine({ ece }: MeasuredEscalation): string {
  return `Calibration error ${shown(ece.value)} (${shown(ece.low)} to ${shown(ece.high)}); with this many answers, chance alone gives up to ${shown(ece.bias)}.`;
}

function temperatureLine({ temperature }: MeasuredEscalation): string[] {
  if (temperature === null)
    return [
      "  No calibration temperature fits: the answers are all right, all wrong, or separated perfectly by their confidence.",
    ];
  const word = temperature > 1 ? "are too extreme (overconfident)" : "are too cautious (underconfident)";
  return [`  Calibration temperature ${temperature.toFixed(2)}: the confidences ${word}.`];
}

function conformalLine({ conformal, n }: MeasuredEscalation): string {
  if (conformal === null)
    return `${plural(n, "answer is", "answers are")} too few to find sets of labels that contain the right one as often as --alpha demands.`;
  const { alpha, qhat, coverage, escalation_rate: rate } = conformal;
  return `A set of the labels with a probability of at least ${shown(1 - qhat)} contains the right label ${percent(1 - alpha)} of the time (${percent(coverage.low)} to ${percent(coverage.high)} at this size); ${percent(rate)} of the sets do not have exactly one label.`;
}

function tableLines({ strata, all, threshold, ece }: MeasuredEscalation): string[] {
  if (strata.length === 0 || threshold.value === null) return [];
  const row = (name: string, error: number, one: Escalated): string[] => [
    cutName(plainLine(name), 30),
    count(one.n),
    percent(one.accuracy),
    shown(error),
    one.escalation_rate === null ? "—" : percent(one.escalation_rate),
    share(one.false_alarms),
    share(one.missed),
  ];
  return [
    "",
    ...columns(
      [
        ["stratum", "answers", "right", "error", "to a person", "right, reviewed", "wrong, unseen"],
        ...strata.map((one) => row(one.stratum, one.ece, one)),
        row("all", ece.value, all),
      ],
      "  ",
    ),
  ];
}

const share = (value: Share): string => (value === null ? "—" : percent(value.value));
const shown = (value: number): string => value.toFixed(3);
