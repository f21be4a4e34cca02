import type { Metrics, RunCounts, RunHeader, StoredTrial } from "../domain/run.ts";
import { type Tally, unscoredAnswers } from "../metrics/tally.ts";

/** Notes about answers that the provider did not let end, and about those that refuse. */
export function answerNotes(
  { answered, cut = 0 }: RunCounts,
  { refusals }: Pick<Tally, "refusals">,
): readonly string[] {
  const notes: string[] = [];
  if (cut > 0)
    notes.push(
      `${share(cut, answered)} cut off by the limit on tokens (finish reason length, max_tokens or the like): raise max_tokens, or ask for less.`,
    );
  if (refusals.sum > 0)
    notes.push(
      `${share(refusals.sum, answered)} refused by the model or the provider's filter (a refusal field, or finish reason content_filter or the like).`,
    );
  return notes;
}

function share(some: number, answered: number): string {
  return `${some} of ${answered} ${answered === 1 ? "answer" : "answers"} ${some === 1 ? "was" : "were"}`;
}

/** Notes about costs that were computed with the price table of evals, because the project names no price. */
export function priceNotes({ cost_usd, judge_cost_usd }: Metrics): readonly string[] {
  const sources = [
    [cost_usd, "The cost"],
    [judge_cost_usd, "The cost of its judges"],
  ] as const;
  return sources.flatMap(([metric, what]) =>
    metric?.source?.includes("price table") === true
      ? [
          `${what} is computed with the ${metric.source}, which comes with evals, because evalconfig.yaml has no price.`,
        ]
      : [],
  );
}

/**
 * Notes about answers that an optional scorer could not score. The scorer's mean covers only the other answers.
 */
export async function scoreNotes(
  { id, scorers }: RunHeader,
  tally: Tally,
  trialsOf: (caseNo: number) => Promise<readonly Pick<StoredTrial, "void_reasons">[]>,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const [index, { name, judge_when }] of scorers.entries()) {
    const { count, first } = unscoredAnswers(tally, index);
    if (first === null || judge_when !== undefined) continue;
    const voided = (await trialsOf(first)).find((one) => one.void_reasons?.[index]);
    const why = voided?.void_reasons?.[index] ?? null;
    const answers = `${count} of ${tally.totalAnswered} ${tally.totalAnswered === 1 ? "answer" : "answers"}`;
    notes.push(
      `${name} could not score ${answers}, and its mean leaves them out${why === null ? "" : ` (${why})`}. To score them again: evals rescore ${id}`,
    );
  }
  return notes;
}
