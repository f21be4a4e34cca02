import type { CaseBaseline } from "../../domain/case-baseline.ts";
import type { RunHeader, StoredTrial } from "../../domain/run.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { answerDiff } from "./answer-diff.ts";
import { cut } from "./cut.ts";
import { columns, type Style } from "./style.ts";

/** Maximum number of different baseline answers shown, and of lines of the difference between two answers. */
const MAX_ANSWERS = 3;
const MAX_LINES = 12;

/**
 * The baseline's answers to a case, and the difference between one of them and an answer of this run. The two
 * are chosen to show the change: if the pass rate fell, a passed answer of the baseline and a failed answer of
 * the run.
 */
export function caseSides(
  { header, id, trials }: CaseOfRun,
  baseline: CaseBaseline,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const now = countsOf(trials);
  const head = [
    ["  this run", `${now.passed}/${now.answered} passed`],
    ["  baseline", `${baseline.passed}/${baseline.answered} passed   ${plainLine(baseline.side)}`],
  ];
  const lines = columns(head).map((line) => cut(line, width));
  if (baseline.answers === null) return [...lines, ...howToGetAnswers(baseline, header, id)];
  const listed = baseline.answers.slice(0, MAX_ANSWERS).map(({ output, trials: times, pass }) => {
    const word = pass === times ? "passed" : pass === 0 ? "failed" : `${pass} passed`;
    return cut(`  ${times} ×  ${word.padEnd(8)}  ${plainLine(output)}`, width);
  });
  const more = baseline.answers.length - MAX_ANSWERS;
  return [
    ...lines,
    "",
    "  the baseline answered",
    ...listed,
    ...(more > 0 ? [`  …${plural(more, "more answer")}`] : []),
    ...differenceLines(trials, baseline, now, { style, width }),
  ];
}

interface CaseOfRun {
  readonly header: Pick<RunHeader, "suite" | "alias">;
  readonly id: string;
  readonly trials: readonly StoredTrial[];
}

/** The command that asks a baseline's questions again, for a baseline whose answers are stored on another machine. */
function howToGetAnswers({ prompt }: CaseBaseline, header: CaseOfRun["header"], id: string): string[] {
  const word = (text: string): string => (/^[\w@.:/-]+$/.test(text) ? text : JSON.stringify(plainLine(text)));
  const command = [
    `evals run ${word(header.suite)}`,
    ...(prompt === null ? [] : [`--prompt ${word(prompt)}`]),
    `--model ${word(header.alias)} --case ${word(id)}`,
  ];
  return [
    "  The baseline's answers are stored on the machine that measured it, not here. To ask again:",
    `    ${command.join(" ")}`,
    "  `evals promote --with-answers` keeps the answers of the next baseline in git.",
  ];
}

interface Counts {
  readonly passed: number;
  readonly answered: number;
}

function countsOf(trials: readonly StoredTrial[]): Counts {
  const scored = trials.filter((one) => one.pass !== null);
  return { answered: scored.length, passed: scored.filter((one) => one.pass === true).length };
}

function differenceLines(
  trials: readonly StoredTrial[],
  { answers, passed, answered }: CaseBaseline,
  now: Counts,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const worse = now.passed * answered < passed * now.answered;
  const better = now.passed * answered > passed * now.answered;
  const before =
    answers?.find(({ pass, trials: times }) => (worse ? pass === times : !better || pass < times)) ??
    answers?.[0];
  const answeredTrials = trials.filter((one) => one.answer !== null);
  const after =
    answeredTrials.find((one) => (worse ? one.pass === false : !better || one.pass === true)) ??
    answeredTrials[0];
  if (before === undefined || after?.answer == null) return [];
  const title = `  the baseline's answer compared with that of trial ${after.trial}: [-gone-] {+new+}`;
  return ["", title, ...answerDiff(before.output, after.answer.output, { style, width, limit: MAX_LINES })];
}
