import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { OptionMistakes } from "../options/option-mistakes.ts";
import { type NumberOption, readNumber, wholeNumber } from "../options/read-number.ts";
import type { AnswerChoice } from "./label-questions.ts";

/** The options of `evals label` that pick answers or name a judge, as they were typed. */
export interface TypedAnswerChoice {
  readonly count?: string | undefined;
  readonly random?: boolean | undefined;
  readonly stratified?: boolean | undefined;
  readonly disputed?: boolean | undefined;
  readonly adjudicate?: boolean | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly judge?: string | undefined;
  /** The judge whose name is added to the labels that name no judge. With this option, no answer is shown. */
  readonly assign?: string | undefined;
}

const NAMES = [
  "count",
  "random",
  "stratified",
  "disputed",
  "adjudicate",
  "tag",
  "judge",
  "assign",
] as const satisfies readonly (keyof TypedAnswerChoice)[];

/** The options that say how answers are picked. At most one of them may be used. */
const MODES = ["random", "stratified", "disputed", "adjudicate"] as const;

const COUNT: NumberOption = {
  option: "--count",
  ...wholeNumber(1, 100_000),
  why: "--count is the number of answers to label.",
  fix: "--count 50",
};

/**
 * Reads which answers of a run are to be labelled.
 *
 * @param mistakes collects every option that cannot be read, or that cannot be used with another given option
 */
export function readAnswerChoice(typed: TypedAnswerChoice, mistakes: OptionMistakes): AnswerChoice {
  const count = mistakes.read(() => readNumber(typed.count, COUNT));
  const modes = MODES.filter((one) => typed[one] === true);
  if (modes.length > 1) mistakes.add(twoModes(modes));
  if (typed.assign !== undefined && typed.judge !== undefined) mistakes.add(assignAndJudge());
  return { count: count ?? 50, how: modes[0] ?? "random", tags: typed.tag ?? [] };
}

/** Refuses the options that do not apply to a file of candidates. @throws {EvalsError} EVALS_OPTION_CONFLICT */
export function refuseAnswerChoice(typed: TypedAnswerChoice): void {
  const given = NAMES.filter((name) => typed[name] !== undefined);
  if (given.length === 0) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: `${given.map((name) => `--${name}`).join(" and ")} and a file of candidates exclude each other.`,
    why: "All candidates in the file are shown: they were chosen when the file was made.",
    fix: "Leave these options out.",
  });
}

function assignAndJudge(): Problem {
  return {
    code: "EVALS_OPTION_CONFLICT",
    what: "--assign and --judge exclude each other.",
    why: "--assign names the judge of labels that exist already, and --judge that of new labels.",
    fix: "Give only one of these options.",
  };
}

function twoModes(modes: readonly string[]): Problem {
  return {
    code: "EVALS_OPTION_CONFLICT",
    what: `${modes.map((one) => `--${one}`).join(" and ")} exclude each other.`,
    why: "Each of these options chooses other answers.",
    fix: "Give only one of these options.",
  };
}
