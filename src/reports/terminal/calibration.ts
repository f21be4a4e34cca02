import { type CalibrationReport, type Estimate, LEAST_FOR_LENGTH } from "../../domain/calibration.ts";
import { twoDecimals } from "../../domain/two-decimals.ts";
import { count, percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { columns, type Style, styleFor, type TerminalOptions } from "./style.ts";

/** Maximum number of answers, and of tags, listed; the rest are counted. */
const MAX_LISTED = 5;

/**
 * The report of `evals calibrate`: how well the judge agrees with people, whether the gate trusts it, and the
 * next step. Ends with a line feed.
 */
export function calibrationText(report: CalibrationReport, { width, color }: TerminalOptions): string {
  const style = styleFor(color);
  const blocks = [
    headLines(report, style),
    tableLines(report),
    figureLines(report),
    biasLines(report),
    checkLines(report, style),
    disagreementLines(report),
    nextLines(report, style),
  ];
  const body = blocks
    .map((lines) => lines.flatMap((line) => fold(line, width)).join("\n"))
    .filter((text) => text !== "");
  return `${body.join("\n\n")}\n`;
}

/** Why the judge has not given all verdicts; empty when it has. */
export function unansweredText({
  failed,
  failure,
  stopped,
}: {
  readonly failed: number;
  readonly failure: string | null;
  readonly stopped: boolean;
}): string {
  const example = `${failed === 1 ? "The error" : "One of the errors"}: ${plainLine(failure ?? "")}`;
  const some = `The judge gave no usable verdict on ${plural(failed, "answer")}. ${example}\n`;
  const rest = "Stopped. The verdicts so far are kept: the same command goes on with the rest.\n";
  return `${failed > 0 ? some : ""}${stopped ? rest : ""}`;
}

function headLines(
  { judge, version, suite, labels, gate, counted }: CalibrationReport,
  style: Style,
): string[] {
  const believed = gate.state === "believed";
  const word = believed ? style.good("BELIEVED") : style.unsure("NOT BELIEVED");
  const of =
    counted.part === "test"
      ? `Only the held-out cases count: ${plural(counted.n, "answer")}.`
      : `All ${plural(counted.n, "answer")} count: the held-out cases alone do not have ${count(gate.min_labels)} labelled answers yet.`;
  return [
    `${word}  ${style.strong(`${plainLine(judge)} ${plainLine(version)}`)} on ${plainLine(suite)}   ${plural(labels.n, "labelled answer")}: ${count(labels.pass)} pass, ${count(labels.fail)} fail, ${count(labels.unsure)} unsure`,
    `  ${capital(plainLine(gate.why))}.`,
    `  ${of}`,
    believed
      ? "  A gate rule that depends on this judge can block a change."
      : "  A gate rule that depends on this judge is reported, but cannot block a change.",
  ];
}

function tableLines({ confusion: { tp, fp, fn, tn }, unjudged }: CalibrationReport): string[] {
  const cell = (n: number): string => count(n).padStart(11);
  return [
    ...columns([
      ["  ", "judge: pass", "judge: fail"],
      ["  people: pass", cell(tp), cell(fn)],
      ["  people: fail", cell(fp), cell(tn)],
    ]),
    ...(unjudged === 0
      ? []
      : [`  ${plural(unjudged, "labelled answer")} without a verdict of the judge: not counted.`]),
  ];
}

function figureLines({ counted, raters, consistency, tags }: CalibrationReport): string[] {
  const rate = (label: string, one: Estimate): string[] => [`  ${label}`, share(one), range(one, 100)];
  const number = (label: string, one: Estimate): string[] => [
    `  ${label}`,
    decimal(one.value),
    range(one, 1),
  ];
  const differing = (tags ?? []).filter((tag) => tag.differs);
  const names = Object.keys(raters.labels);
  return [
    ...columns([
      rate("agrees with people", counted.agreement),
      rate("passes what people pass (sensitivity)", counted.sensitivity),
      rate("fails what people fail (specificity)", counted.specificity),
      number("beyond chance (AC1)", counted.ac1),
      number("beyond chance (kappa)", counted.kappa),
      ...(raters.answers === 0 ? [] : [number("people among themselves (alpha)", raters.alpha)]),
      ...(consistency.value === null ? [] : [["  agrees with itself", percent(consistency.value)]]),
    ]),
    ...(counted.weighted
      ? [
          "  Each answer is weighted by how many answers of the run it represents; the table above counts each answer once.",
        ]
      : []),
    `  ${plural(names.length, "rater")}: ${plainLine(names.slice(0, MAX_LISTED).join(", "))}${names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : ""}`,
    ...differing
      .slice(0, MAX_LISTED)
      .map(
        ({ tag, n, agreement }) =>
          `  Tag ${plainLine(tag)} is different: agreement ${share(agreement)} on ${plural(n, "answer")}.`,
      ),
  ];
}

function biasLines(report: CalibrationReport): string[] {
  const { length_bias: length, position_bias: position, self_preference: own } = report;
  const lines: string[] = [];
  if (length.p === null)
    lines.push(
      length.n < LEAST_FOR_LENGTH
        ? `  Length: ${plural(length.n, "answer")} ${length.n === 1 ? "is" : "are"} too few to find a bias; it takes ${LEAST_FOR_LENGTH}.`
        : "  Length: a bias could not show: of the answers that people judge alike, all have the same verdict or the same length.",
    );
  else if (length.found && length.value !== null)
    lines.push(
      `  Length: of answers that people judge alike, the judge passes the ${length.value > 0 ? "longer" : "shorter"} ones more often (rank correlation ${decimal(length.value)}, p ${pText(length.p)}).`,
    );
  else lines.push(`  Length: no bias found on ${plural(length.n, "answer")} (p ${pText(length.p)}).`);
  if (position !== null) {
    const { inconsistent, found, value } = position;
    lines.push(
      `  Position: the verdict changes with the order of the two answers in ${share(inconsistent)} of ${plural(position.n, "pair")} (${range(inconsistent, 100)}).${found && value !== null ? ` The judge favours the ${value > 0.5 ? "first" : "second"} place (p ${pText(position.p)}).` : " The judge favours neither place."}`,
    );
  }
  if (own.shared.length > 0)
    lines.push(
      `  Family: judge and target are both of ${plainLine(own.shared.join(", "))}. Such a judge may favour answers of its own family.`,
    );
  return lines;
}

function checkLines({ check }: CalibrationReport, style: Style): string[] {
  if (check === null) return [];
  const { before, now, usual } = check;
  const word = check.drifted ? style.bad("JUDGE DRIFT") : style.good("NO JUDGE DRIFT");
  return [
    `${word}  ${check.said}`,
    ...columns([
      ["  ", "then", "now"],
      ["  passes what people pass", share(before.sensitivity), share(now.sensitivity)],
      ["  fails what people fail", share(before.specificity), share(now.specificity)],
    ]),
    ...(usual === null
      ? [
          "  How often the judge changes its verdict within one session is not known: --repeats 2 measures it.",
        ]
      : [
          `  Since then ${percent(check.changed)} of the verdicts changed. Within one session the judge changes ${percent(usual)} of its verdicts anyway.`,
        ]),
  ];
}

function disagreementLines({ wanted: { disagreements } }: CalibrationReport): string[] {
  if (disagreements.length === 0) return [];
  return [
    "  Where the judge and people disagree, among the cases that serve to improve the judge:",
    ...listed(disagreements),
    "  The held-out cases are not shown: a judge that is tuned on them would pass the test that they are kept for.",
  ];
}

function listed(answers: CalibrationReport["wanted"]["answers"]): string[] {
  const more = answers.length - MAX_LISTED;
  return [
    ...answers
      .slice(0, MAX_LISTED)
      .map(
        (one) => `    ${cutName(plainLine(one.case), 50)}  answer ${one.answer_hash.slice(0, 8)}  ${one.why}`,
      ),
    ...(more > 0 ? [`    and ${more} more: --json lists them`] : []),
  ];
}

function nextLines({ wanted, gate, counted, judge, file }: CalibrationReport, style: Style): string[] {
  const lines = [...neededLines(wanted, gate, counted)];
  if (wanted.answers.length > 0)
    lines.push("  It helps most to label one of these answers:", ...listed(wanted.answers));
  if (wanted.tags.length > 0) {
    const named = wanted.tags.slice(0, MAX_LISTED).map(plainLine).join(", ");
    const more = wanted.tags.length - MAX_LISTED;
    lines.push(`  Tags with fewer than 10 labels: ${named}${more > 0 ? ` and ${more} more` : ""}.`);
  }
  if (file === null)
    lines.push(
      `  The calibration was not stored: judges/${plainLine(judge)} has no readable file of this version, so no gate can use it.`,
    );
  else
    lines.push(
      `  The calibration is stored in ${plainLine(file)}: commit it with the labels and the verdicts.`,
    );
  if ((wanted.more ?? 0) > 0 || wanted.passes + wanted.fails > 0)
    lines.push(`  ${style.strong(plainLine(wanted.command))}`);
  return ["Next", ...lines];
}

function neededLines(
  { more, passes, fails }: CalibrationReport["wanted"],
  { state, min_ac1 }: CalibrationReport["gate"],
  { ac1 }: CalibrationReport["counted"],
): string[] {
  const lines: string[] = [];
  if (more === null)
    lines.push(
      `  More labels will not help: the agreement itself is below ${min_ac1}. Write a better rubric, or use another model.`,
    );
  else if (more > 0 && state !== "believed")
    lines.push(
      ac1.value === null || ac1.value < min_ac1
        ? `  At least ${plural(more, "more label is", "more labels are")} needed before the gate can rely on the judge, and better agreement: AC1 is ${decimal(ac1.value)} so far, and ${min_ac1} is required.`
        : `  About ${plural(more, "more label is", "more labels are")} needed before the gate can rely on the judge, if the agreement stays as it is.`,
    );
  if (passes + fails > 0) {
    const needs = [
      ...(passes > 0 ? [`${plural(passes, "more answer")} that people pass`] : []),
      ...(fails > 0 ? [`${plural(fails, "more answer")} that people fail`] : []),
    ];
    lines.push(`  To know the judge's error rates to within 10 points, label ${needs.join(" and ")}.`);
  }
  return lines;
}

const share = ({ value }: Estimate): string => (value === null ? "unknown" : percent(value));
const decimal = (value: number | null): string => (value === null ? "unknown" : twoDecimals(value));

function range({ low, high }: Estimate, unit: 1 | 100): string {
  if (low === null || high === null) return "";
  const end = (value: number): string => (unit === 100 ? (value * 100).toFixed(1) : twoDecimals(value));
  return `${end(low)} – ${end(high)}`;
}

function pText(p: number | null): string {
  if (p === null) return "unknown";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
