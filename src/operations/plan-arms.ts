import type { ArmsPlan } from "../domain/arms.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { sessionsPerArm } from "../statistics/always-valid.ts";

/** The options as typed; undefined when absent. */
export interface PlanArmsInput {
  /** Difference of the two pass rates: `5%` or `0.05`. */
  readonly effect: string | undefined;
  /** Pass rate of arm a, which is today's version. */
  readonly rate: string | undefined;
  /** Probability of detecting the difference. */
  readonly power: string | undefined;
}

/** The pass rate that is assumed when it is unknown: with 0.5, the test needs the most sessions. */
const UNKNOWN_RATE = 0.5;

/** Sessions per arm needed to detect a difference. @throws {EvalsError} EVALS_OPTION_INVALID with every invalid option */
export function planArms(typed: PlanArmsInput): ArmsPlan {
  const problems: Problem[] = [];
  const read = (
    option: string,
    text: string | undefined,
    otherwise: number,
    [low, high]: [number, number],
  ) => {
    const value = text === undefined ? otherwise : shareOf(text);
    if (!(value >= low && value <= high)) problems.push(noShare(option, text ?? "", low, high));
    return value;
  };
  const effect = read("--effect", typed.effect, Number.NaN, [0.001, 0.999]);
  const rate = read("--rate", typed.rate, UNKNOWN_RATE, [0.001, 0.999]);
  const power = read("--power", typed.power, 0.8, [0.5, 0.999]);
  if (problems.length > 0) throw new EvalsError(problems);
  if (rate - effect < 0 && rate + effect > 1) throw tooLarge(rate, effect);
  const { sessions, singleLook } = sessionsPerArm(rate, effect, { power });
  return { effect, rate, power, rate_stated: typed.rate !== undefined, sessions, single_look: singleLook };
}

function shareOf(text: string): number {
  const [, number, percent] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number) / (percent === "%" ? 100 : 1);
}

function noShare(option: string, text: string, low: number, high: number): Problem {
  return {
    code: "EVALS_OPTION_INVALID",
    what:
      text === ""
        ? `${option} is missing.`
        : `${option} ${JSON.stringify(text)} is not a share from ${low} to ${high}.`,
    why: "The number of sessions is computed from this option. With too few sessions, the test would miss the difference; with too many, it would take weeks too long.",
    fix: "evals power --ab --rate 0.8 --effect 5%",
  };
}

function tooLarge(rate: number, effect: number): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `No pass rate is ${effect} away from ${rate}.`,
    why: "Rates lie between 0 and 1.",
    fix: `Give --effect a value below ${Math.max(rate, 1 - rate).toFixed(2)}`,
  });
}
