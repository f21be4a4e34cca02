import type { Metrics, RunCounts } from "../domain/run.ts";

/** What a report says of answers that are not what their model would have said. */
export function answerNotes({ answered, cut = 0 }: RunCounts): readonly string[] {
  if (cut === 0) return [];
  const cutOff = `${cut} of ${answered} ${answered === 1 ? "answer" : "answers"} ${cut === 1 ? "was" : "were"} cut off`;
  return [
    `${cutOff} by the limit on tokens (finish reason length, max_tokens or the like): raise max_tokens, or ask for less.`,
  ];
}

/** Whose prices a run's money is, where they are not the project's own. */
export function priceNotes({ cost_usd, judge_cost_usd }: Metrics): readonly string[] {
  const said = [
    [cost_usd, "The cost is"],
    [judge_cost_usd, "What its judges cost is"],
  ] as const;
  return said.flatMap(([metric, what]) =>
    metric?.source?.includes("price table") === true
      ? [`${what} by the ${metric.source}, which comes with evals: evalconfig.yaml names no price.`]
      : [],
  );
}
