import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { BUDGET, readNumber } from "../../operations/options/read-number.ts";
import { scoreTraffic } from "../../operations/score-traffic.ts";
import { scoreDocument } from "../../reports/json/score.ts";
import { scoredTrafficText } from "../../reports/terminal/scored-traffic.ts";
import type { ScoreCall } from "../declarations/score.ts";
import { printResult } from "../print-result.ts";

/** `evals score --traffic`: scores answers of production traces with a suite's scorers, by day. */
export async function scoreCommand({ io, options, args: [suite] }: ScoreCall): Promise<number> {
  const { traffic, yes = false, budget, replay = false, json: _, ...input } = options;
  if (traffic !== true) throw onlyTraffic(suite);
  const scored = await scoreTraffic(io, {
    ...{ ...input, suite, replay },
    consent: { yes, budget: readNumber(budget, BUDGET) ?? null },
  });
  // A trace without a judge's verdict counts as missing. The numbers of its day are then incomplete, so the command ends
  // undecided.
  const exit = scored.unjudged > 0 ? EXIT.undecided : EXIT.ok;
  return printResult(io, options, {
    exit,
    document: () => scoreDocument(scored, exit),
    text: ({ width }) => scoredTrafficText(scored, width),
  });
}

function onlyTraffic(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_USAGE",
    what: "`evals score` needs --traffic, because it scores only stored traffic.",
    why: "`evals run` scores the cases of a dataset, and `evals rescore` scores the answers of a run again.",
    fix: `evals score ${suite} --traffic, or evals run ${suite}`,
  });
}
