import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { scoreTraffic } from "../../operations/score-traffic.ts";
import { scoreDocument } from "../../reports/json/score.ts";
import { scoredTrafficText } from "../../reports/terminal/scored-traffic.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals score`, as typed. */
export interface ScoreOptions extends CommandOptions {
  readonly traffic?: boolean | undefined;
  readonly where?: string | undefined;
  readonly since?: string | undefined;
  readonly sample?: string | undefined;
  readonly seed: string;
  readonly yes?: boolean | undefined;
  readonly budget?: string | undefined;
  readonly replay?: boolean | undefined;
}

/** `evals score --traffic`: scores production answers with the suite's scorers, by day. */
export async function scoreCommand(options: ScoreOptions, suite: string, io: Io): Promise<number> {
  const { traffic, yes = false, budget, replay = false, json: _, ...input } = options;
  if (traffic !== true) throw onlyTraffic(suite);
  const scored = await scoreTraffic(io, {
    ...{ ...input, suite, replay },
    consent: { yes, budget: budget === undefined ? null : Number(budget) },
  });
  // A trace without a judge's verdict counts as missing, so its day is incomplete.
  const exit = scored.unjudged > 0 ? EXIT.undecided : EXIT.ok;
  printResult(io, options, {
    document: () => scoreDocument(scored, exit),
    text: ({ width }) => scoredTrafficText(scored, width),
  });
  return exit;
}

function onlyTraffic(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_USAGE",
    what: "evals score scores the stored traffic, and --traffic says so.",
    why: "Cases of a dataset are scored by a run, and a run's answers again by evals rescore.",
    fix: `evals score ${suite} --traffic, or evals run ${suite}`,
  });
}
