import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LabelAnswersInput } from "../operations/label-answers.ts";
import { OptionMistakes } from "./option-mistakes.ts";
import { type NumberOption, portOption, readNumber, wholeNumber } from "./read-number.ts";

const COUNT: NumberOption = {
  option: "--count",
  ...wholeNumber(1, 100_000),
  why: "It says how many answers are asked.",
  fix: "--count 50",
};

/** Options of `evals label`, parsed. */
export interface LabelOptions extends Omit<LabelAnswersInput, "word"> {
  /** The judge to which existing labels are assigned; then nothing is asked. */
  readonly assign: string | undefined;
  /** 0 for any free port. */
  readonly port: number;
  readonly open: boolean;
}

/** The options as typed. */
export interface TypedLabelOptions {
  readonly directory?: string | undefined;
  readonly rater?: string | undefined;
  readonly count?: string | undefined;
  readonly random?: boolean | undefined;
  readonly stratified?: boolean | undefined;
  readonly disputed?: boolean | undefined;
  readonly adjudicate?: boolean | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly judge?: string | undefined;
  readonly assign?: string | undefined;
  readonly port?: string | undefined;
  readonly open?: boolean | undefined;
}

/** Options that select answers, or name the judge. */
const OF_ANSWERS = [
  "count",
  "random",
  "stratified",
  "disputed",
  "adjudicate",
  "tag",
  "judge",
  "assign",
] as const;

/** @throws {EvalsError} EVALS_OPTION_CONFLICT for options that do not apply to a candidates file */
export function refuseAnswerOptions(raw: TypedLabelOptions): void {
  const given = OF_ANSWERS.filter((name) => raw[name] !== undefined);
  if (given.length === 0) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: `${given.map((name) => `--${name}`).join(" and ")} and a file of candidates exclude each other.`,
    why: "All candidates are asked: they are drawn already.",
    fix: "Leave them out.",
  });
}

/** How answers are selected. */
const MODES = ["random", "stratified", "disputed", "adjudicate"] as const;

/** @throws {EvalsError} with every option that cannot be read */
export function readLabelOptions(raw: TypedLabelOptions): LabelOptions {
  const mistakes = new OptionMistakes();
  const count = mistakes.read(() => readNumber(raw.count, COUNT));
  const port = mistakes.read(() => readNumber(raw.port, portOption("--port")));
  const modes = MODES.filter((one) => raw[one] === true);
  if (modes.length > 1) mistakes.add(twoModes(modes));
  if (raw.assign !== undefined && raw.judge !== undefined) mistakes.add(twoModes(["assign", "judge"]));
  mistakes.refuse();
  return {
    directory: raw.directory,
    rater: raw.rater,
    count: count ?? 50,
    how: modes[0] ?? "random",
    tags: raw.tag ?? [],
    judge: raw.judge,
    assign: raw.assign,
    port: port ?? 0,
    open: raw.open !== false,
  };
}

function twoModes(modes: readonly string[]): Problem {
  return {
    code: "EVALS_OPTION_CONFLICT",
    what: `${modes.map((one) => `--${one}`).join(" and ")} exclude each other.`,
    why: "Each says which answers are asked.",
    fix: "Keep one of them.",
  };
}
