import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { TRAFFIC_FIELDS, type TrafficField } from "../../domain/traffic.ts";
import { type SampleInput, sampleTraffic } from "../../operations/sample-traffic.ts";
import { parseShare } from "../../operations/traffic/parse-share.ts";
import { trafficFilter } from "../../operations/traffic/traffic-filter.ts";
import { sampleText } from "../../reports/terminal/sample.ts";
import type { Io } from "../io.ts";
import { OptionMistakes } from "../option-mistakes.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { type NumberOption, readNumber, wholeNumber } from "../read-number.ts";

/** Options of `evals sample`, as typed. */
export interface TypedSampleOptions extends CommandOptions {
  readonly random?: string | undefined;
  readonly worst?: string | undefined;
  readonly errors?: boolean | undefined;
  /** Empty or true for the option without a number. */
  readonly uncovered?: string | true | undefined;
  readonly stratify?: string | undefined;
  readonly where?: string | undefined;
  readonly since?: string | undefined;
  readonly seed?: string | undefined;
}

/** `evals sample`: draws candidates for a dataset from traffic. */
export async function sampleCommand(typed: TypedSampleOptions, dataset: string, io: Io): Promise<number> {
  const sampled = await sampleTraffic(io, { ...readSampleOptions(typed, io), dataset });
  const candidates = sampled.candidates.map(({ id, trace, stratum, probability, why }) => ({
    ...{ id, trace, stratum, probability, why },
  }));
  printResult(io, typed, {
    document: () => ({ schema: "evals.sample/1", exit: EXIT.ok, ...sampled, candidates }),
    text: () => sampleText(sampled),
  });
  return EXIT.ok;
}

const UNCOVERED = 20;

/** @throws {EvalsError} with every mistake */
function readSampleOptions(typed: TypedSampleOptions, io: Io): Omit<SampleInput, "dataset"> {
  const { directory, random, errors, uncovered, stratify, seed } = typed;
  const mistakes = new OptionMistakes();
  const designs = {
    random: mistakes.read(() => (random === undefined ? undefined : parseShare(random, "--random"))),
    worst: mistakes.read(() => readNumber(typed.worst, traces("--worst"))),
    errors,
    uncovered:
      uncovered === true || uncovered === ""
        ? UNCOVERED
        : mistakes.read(() => readNumber(uncovered, traces("--uncovered"))),
  };
  const field = mistakes.read(() => readField(stratify));
  if (mistakes.none && Object.values(designs).every((one) => one === undefined)) mistakes.add(NO_DESIGN);
  mistakes.refuse();
  return {
    directory,
    designs,
    stratify: field,
    filter: trafficFilter(io, typed),
    seed: seed ?? io.date().toISOString().slice(0, 10),
  };
}

const traces = (option: string): NumberOption => ({
  option,
  ...wholeNumber(1, 9_999_999),
  why: "It says how many traces are drawn.",
  fix: `${option} 20`,
});

/** @throws {EvalsError} EVALS_OPTION_INVALID */
function readField(word: string | undefined): TrafficField | undefined {
  const field = TRAFFIC_FIELDS.find((one) => one === word);
  if (word === undefined || field !== undefined) return field;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--stratify "${word}" is no field of traffic.${didYouMean(word, TRAFFIC_FIELDS)}`,
    why: "It says which traces are drawn.",
    fix: `--stratify ${TRAFFIC_FIELDS.join(" | ")}`,
  });
}

const NO_DESIGN: Problem = {
  code: "EVALS_OPTION_MISSING",
  what: "Nothing says which traces are wanted.",
  why: "Each way to draw them has chances of its own, which are kept with every candidate.",
  fix: "--random 1%, --worst 5, --errors or --uncovered; several together",
};
