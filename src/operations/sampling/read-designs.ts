import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { TRAFFIC_FIELDS, type TrafficField } from "../../domain/traffic.ts";
import type { Designs } from "../../sampling/draw.ts";
import { OptionMistakes } from "../options/option-mistakes.ts";
import { parseShare } from "../options/parse-share.ts";
import { type NumberOption, readNumber, wholeNumber } from "../options/read-number.ts";

/** The options of `evals sample` that say which traces to draw, as they were typed. */
export interface TypedDesigns {
  readonly random?: string | undefined;
  readonly worst?: string | undefined;
  readonly errors?: boolean | undefined;
  /** The number as typed; empty or true when the option has no number. */
  readonly uncovered?: string | boolean | undefined;
  readonly stratify?: string | undefined;
}

const UNCOVERED = 20;

/** Reads which traces to draw. @throws {EvalsError} with every mistake, and when no option says what to draw */
export function readDesigns(typed: TypedDesigns): {
  readonly designs: Designs;
  readonly stratify: TrafficField | undefined;
} {
  const { random, errors, uncovered } = typed;
  const mistakes = new OptionMistakes();
  const designs = {
    random: mistakes.read(() => (random === undefined ? undefined : parseShare(random, "--random"))),
    worst: mistakes.read(() => readNumber(typed.worst, traces("--worst"))),
    errors,
    uncovered:
      typeof uncovered === "boolean" || uncovered === ""
        ? UNCOVERED
        : mistakes.read(() => readNumber(uncovered, traces("--uncovered"))),
  };
  const stratify = mistakes.read(() => readField(typed.stratify));
  if (mistakes.none && Object.values(designs).every((one) => one === undefined)) mistakes.add(NO_DESIGN);
  mistakes.refuse();
  return { designs, stratify };
}

const traces = (option: string): NumberOption => ({
  option,
  ...wholeNumber(1, 9_999_999),
  why: "The option is the number of traces to draw.",
  fix: `${option} 20`,
});

/** Reads `--stratify`; undefined when it is absent. @throws {EvalsError} EVALS_OPTION_INVALID */
function readField(word: string | undefined): TrafficField | undefined {
  const field = TRAFFIC_FIELDS.find((one) => one === word);
  if (word === undefined || field !== undefined) return field;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--stratify "${word}" is not a field of traffic.${didYouMean(word, TRAFFIC_FIELDS)}`,
    why: "Traffic is divided by this field before traces are drawn.",
    fix: `--stratify ${TRAFFIC_FIELDS.join(" | ")}`,
  });
}

const NO_DESIGN: Problem = {
  code: "EVALS_OPTION_MISSING",
  what: "No option says which traces to draw.",
  why: "There is no default: each method draws traces with its own probabilities, which are kept with every candidate.",
  fix: "--random 1%, --worst 5, --errors or --uncovered; several together",
};
