import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { TRAFFIC_FIELDS, type TrafficField } from "../../domain/traffic.ts";
import { type SampleInput, sampleTraffic } from "../../operations/sample-traffic.ts";
import { trafficFilter } from "../../operations/traffic/traffic-filter.ts";
import { documentText } from "../../reports/json/documents.ts";
import { sampleText } from "../../reports/terminal/sample.ts";
import type { Io } from "../io.ts";

/** `evals sample` as it was typed. */
export interface TypedSampleOptions {
  readonly directory?: string | undefined;
  readonly random?: string | undefined;
  readonly worst?: string | undefined;
  readonly errors?: boolean | undefined;
  /** Empty, or true, for the option without a number. */
  readonly uncovered?: string | true | undefined;
  readonly stratify?: string | undefined;
  readonly where?: string | undefined;
  readonly since?: string | undefined;
  readonly seed?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals sample`: candidates for a dataset out of traffic. */
export async function sampleCommand(typed: TypedSampleOptions, dataset: string, io: Io): Promise<number> {
  const sampled = await sampleTraffic(io, { ...readSampleOptions(typed, io.date()), dataset });
  const candidates = sampled.candidates.map(({ id, trace, stratum, probability, why }) => ({
    ...{ id, trace, stratum, probability, why },
  }));
  io.stdout(
    typed.json === true
      ? documentText({ schema: "evals.sample/1", exit: EXIT.ok, ...sampled, candidates })
      : sampleText(sampled),
  );
  return EXIT.ok;
}

const UNCOVERED = 20;

/** @throws {EvalsError} with every mistake */
function readSampleOptions(typed: TypedSampleOptions, now: Date): Omit<SampleInput, "dataset"> {
  const problems: Problem[] = [];
  const count = (name: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
    problems.push(wrong(`--${name} ${JSON.stringify(text)} is no number of traces.`, `--${name} 20`));
    return undefined;
  };
  const share = typed.random === undefined ? undefined : shareOf(typed.random);
  if (share === null)
    problems.push(
      wrong(`--random ${JSON.stringify(typed.random)} is no share of the traffic.`, "--random 1%"),
    );
  const designs = {
    random: share ?? undefined,
    worst: count("worst", typed.worst),
    errors: typed.errors,
    uncovered:
      typed.uncovered === true || typed.uncovered === "" ? UNCOVERED : count("uncovered", typed.uncovered),
  };
  const { stratify, directory, seed } = typed;
  if (stratify !== undefined && !isField(stratify))
    problems.push(
      wrong(
        `--stratify "${stratify}" is no field of traffic.${didYouMean(stratify, TRAFFIC_FIELDS)}`,
        `--stratify ${TRAFFIC_FIELDS.join(" | ")}`,
      ),
    );
  if (problems.length === 0 && Object.values(designs).every((one) => one === undefined))
    problems.push(NO_DESIGN);
  if (problems.length > 0) throw new EvalsError(problems);
  return {
    directory,
    designs,
    stratify: stratify as TrafficField | undefined,
    filter: trafficFilter({ date: () => now }, typed),
    seed: seed ?? now.toISOString().slice(0, 10),
  };
}

const isField = (text: string): boolean => (TRAFFIC_FIELDS as readonly string[]).includes(text);

/** A share in (0, 1] of `1%` or `0.01`; null for another text. */
function shareOf(text: string): number | null {
  const [, number = "", percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text.trim()) ?? [];
  const share = Number(number) / (percent === "%" ? 100 : 1);
  return number !== "" && share > 0 && share <= 1 ? share : null;
}

const wrong = (what: string, fix: string): Problem => ({
  code: "EVALS_OPTION_INVALID",
  what,
  why: "It says which traces are drawn.",
  fix,
});

const NO_DESIGN: Problem = {
  code: "EVALS_OPTION_MISSING",
  what: "Nothing says which traces are wanted.",
  why: "Each way to draw them has chances of its own, which are kept with every candidate.",
  fix: "--random 1%, --worst 5, --errors or --uncovered; several together",
};
