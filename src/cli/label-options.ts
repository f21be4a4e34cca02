import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LabelAnswersInput } from "../operations/label-answers.ts";

const COUNT = 50;

/** Options of `evals label`, read from the command line. */
export interface LabelOptions extends Omit<LabelAnswersInput, "word"> {
  /** The judge that labels without one are given to; nothing is asked then. */
  readonly assign: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
  readonly open: boolean;
}

/** The same, as it was typed. */
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

/** Options that pick answers, or say whose question they are about. */
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

/** @throws {EvalsError} EVALS_OPTION_CONFLICT for options that mean nothing to a file of candidates */
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

/** @throws {EvalsError} with every option that cannot be read */
export function readLabelOptions(raw: TypedLabelOptions): LabelOptions {
  const problems: Problem[] = [];
  const whole = (name: "count" | "port", least: number, largest: number, otherwise: number): number => {
    if (raw[name] === undefined) return otherwise;
    const value = Number(raw[name]);
    if (Number.isInteger(value) && value >= least && value <= largest && raw[name] !== "") return value;
    problems.push({
      code: "EVALS_OPTION_INVALID",
      what: `--${name} is not a whole number from ${least} to ${largest}.`,
      why:
        name === "port"
          ? "The page is served on a port of this machine."
          : "It says how many answers are asked.",
      fix: `--${name} ${otherwise === 0 ? 4173 : otherwise}`,
    });
    return otherwise;
  };
  const modes = (["random", "stratified", "disputed", "adjudicate"] as const).filter(
    (one) => raw[one] === true,
  );
  if (modes.length > 1) problems.push(twoModes(modes));
  if (raw.assign !== undefined && raw.judge !== undefined) problems.push(twoModes(["assign", "judge"]));
  const options: LabelOptions = {
    directory: raw.directory,
    rater: raw.rater,
    count: whole("count", 1, 100_000, COUNT),
    how: modes[0] ?? "random",
    tags: raw.tag ?? [],
    judge: raw.judge,
    assign: raw.assign,
    port: whole("port", 0, 65_535, 0),
    open: raw.open !== false,
  };
  if (problems.length > 0) throw new EvalsError(problems);
  return options;
}

function twoModes(modes: readonly string[]): Problem {
  return {
    code: "EVALS_OPTION_CONFLICT",
    what: `${modes.map((one) => `--${one}`).join(" and ")} exclude each other.`,
    why: "Each says which answers are asked.",
    fix: "Keep one of them.",
  };
}
