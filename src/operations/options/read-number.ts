import { EvalsError } from "../../domain/problem.ts";

/** An option with a numeric value. */
export interface NumberOption {
  /** For instance `--limit`. */
  readonly option: string;
  /** The expected value, completing a sentence: `a whole number from 1`. */
  readonly expected: string;
  readonly isRight: (value: number) => boolean;
  /** Set for an option whose value is a share and may be written in per cent: `90%` for 0.9. */
  readonly inPercent?: true;
  readonly why: string;
  readonly fix: string;
}

/** An option that takes whole numbers between two bounds, both included. */
export function wholeNumber(
  from: number,
  to = Number.MAX_SAFE_INTEGER,
): Pick<NumberOption, "expected" | "isRight"> {
  const upTo = to === Number.MAX_SAFE_INTEGER ? "" : ` to ${to}`;
  return {
    expected: `a whole number from ${from}${upTo}`,
    isRight: (value) => Number.isInteger(value) && value >= from && value <= to,
  };
}

/** A port of this machine; 0 for any free port. */
export const portOption = (option: string): NumberOption => ({
  option,
  ...wholeNumber(0, 65_535),
  why: "The option is a port number of this machine.",
  fix: `${option} 4173, or 0 for any port that is free.`,
});

/** `--budget` in US dollars. */
export const BUDGET: NumberOption = {
  option: "--budget",
  expected: "an amount in US dollars above 0",
  isRight: (value) => value > 0 && Number.isFinite(value),
  why: "With a misread amount, the command could spend more than you meant.",
  fix: "--budget 0.50",
};

/** The option's value as a number; undefined when the option is absent. @throws {EvalsError} EVALS_OPTION_INVALID */
export function readNumber(text: string | undefined, number: NumberOption): number | undefined {
  if (text === undefined) return undefined;
  const { option, expected, isRight, inPercent, why, fix } = number;
  const percent = inPercent ? /^\s*([\d.]+)\s*%\s*$/.exec(text)?.[1] : undefined;
  const value =
    text.trim() === "" ? Number.NaN : percent === undefined ? Number(text) : Number(percent) / 100;
  if (isRight(value)) return value;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(text)} is not ${expected}.`,
    why,
    fix,
  });
}
