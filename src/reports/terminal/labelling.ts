import type { AnswerPicking, LabellingProgress, LabellingTask } from "../../domain/labelling.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

const HOW: Readonly<Record<AnswerPicking, string>> = {
  random: "picked at random",
  stratified: "picked equally from each stratum",
  disputed: "in dispute",
  adjudicate: "about which raters disagree",
};

/** The text that is printed before labelling begins. */
export function labellingBegins(task: LabellingTask): string {
  const { suite, run, how, questions, labelledBefore: before, person, path } = task;
  return [
    `${suite}, run ${run}: ${plural(questions, "answer")} ${HOW[how]}${before === 0 ? "" : `, ${before} of them labelled already`}; rater: ${plainLine(person)}\n`,
    elsewhereText(task),
    `Each label is written to ${path} as soon as it is given.\nCtrl-C ends the session; the same command continues it.\n`,
  ].join("");
}

function elsewhereText({ elsewhere, run }: LabellingTask): string {
  if (elsewhere === 0) return "";
  const cases = elsewhere === 1 ? "its case" : "their cases";
  return `Left out: ${plural(elsewhere, "answer")} on which raters disagree, because run ${run} does not have ${cases}.\n`;
}

/** Why there is nothing to label. */
export function nothingToLabel(task: LabellingTask): string {
  const { suite, run, how, questions, person, count } = task;
  if (how === "adjudicate")
    return `${suite}: no answer is left on which raters disagree.\n${elsewhereText(task)}`;
  if (how === "disputed")
    return `${suite}, run ${run}: ${plainLine(person)} has judged all answers in dispute.\n`;
  const more = `evals label ${suite}${judgeOption(task)} --count ${count * 2}`;
  return `${suite}, run ${run}: ${plainLine(person)} has judged all ${plural(questions, "answer")} ${HOW[how]}.\nIf the run has more answers, label them with: ${more}\n`;
}

/** The result of labelling, and the next step. */
export function labellingEnds(task: LabellingTask, progress: LabellingProgress): string {
  const { left, skipped, counts, agreement } = progress;
  const { pass, fail, unsure } = counts;
  const judged = pass + fail + unsure;
  return [
    `${judged} of ${task.questions} judged: ${pass} pass, ${fail} fail, ${unsure} unsure, ${skipped} skipped\n`,
    agreement === null
      ? ""
      : `Answers asked twice: the same verdict ${agreement.same} of ${agreement.of} times.\n`,
    left > 0 || skipped > 0
      ? `To go on: the same command, evals label ${task.word}${judgeOption(task)}\n`
      : "",
    judged > 0 ? `The labels are in ${task.path}; commit them.\n` : "",
    ...(judged > 0 ? task.judges : []).map(
      (name) => `To measure the judge by these labels: evals calibrate ${name}\n`,
    ),
  ].join("");
}

const judgeOption = ({ judge }: LabellingTask): string => (judge === undefined ? "" : ` --judge ${judge}`);

/** The result of `--assign`, which assigns labels that name no judge to a judge. */
export function assignedText(
  { path, changed }: { readonly path: string; readonly changed: number },
  { suite, judge }: { readonly suite: string; readonly judge: string },
): string {
  return changed === 0
    ? `${path}: every label names its judge already; nothing was changed\n`
    : `${path}: ${plural(changed, "label")} assigned to ${judge}; commit the file\nTo measure the judge by these labels: evals calibrate ${judge} --suite ${suite}\n`;
}
