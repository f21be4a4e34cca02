import type { KeptAnswers } from "../../baselines/kept-answers.ts";
import type { Side, SideScores } from "../../baselines/side.ts";
import { type Case, caseContentHash } from "../../domain/case.ts";
import { itemAt } from "../../domain/item-at.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import type { Plan } from "../../run/plan.ts";
import { scoreTrial } from "../../run/score-trial.ts";
import { NotKept, textAlone } from "../../run/text-alone.ts";

/**
 * Scores the answers stored beside a baseline with the current scorers. Each distinct answer is scored once, and its
 * scores count for each trial that gave it.
 *
 * @returns null when a scorer asks a model, reads more of a trial than its answer, or could not score
 */
export async function rescoreKept(side: Side, answers: KeptAnswers, plan: Plan): Promise<Side | null> {
  if (plan.scorers.some((one) => one.opinion === true)) return null;
  const places = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
  const answered = new Uint32Array(side.ids.length);
  const passed = new Uint32Array(side.ids.length);
  const scores = plan.scorers.map(() => ({
    count: new Uint32Array(side.ids.length),
    sum: new Float64Array(side.ids.length),
    sumOfSquares: new Float64Array(side.ids.length),
    exempt: new Uint8Array(side.ids.length),
  }));
  for (const [at, id] of side.ids.entries()) {
    const golden = sameCase(plan, places.get(id), side.contents[at]);
    // A case that was removed or changed since the baseline is not compared, so its answers need no scores.
    if (golden === null) continue;
    for (const { output, trials } of answers.get(id) ?? []) {
      const scoring = await scoredText(plan, golden, output);
      if (scoring === null) return null;
      answered[at] = itemAt(answered, at) + trials;
      if (scoring.pass) passed[at] = itemAt(passed, at) + trials;
      for (const [index, sums] of scores.entries()) {
        const scored = scoring.scores[index];
        if (scored === undefined) sums.exempt[at] = 1;
        const score = scored?.score;
        if (score === undefined) continue;
        sums.count[at] = itemAt(sums.count, at) + trials;
        sums.sum[at] = itemAt(sums.sum, at) + score * trials;
        sums.sumOfSquares[at] = itemAt(sums.sumOfSquares, at) + score * score * trials;
      }
    }
  }
  return { ...side, answered, passed, scores: new Map(namedScores(plan, scores)) };
}

function namedScores(
  { scorers }: Plan,
  sums: readonly (Pick<SideScores, "count" | "sum" | "sumOfSquares"> & { readonly exempt: Uint8Array })[],
): [string, SideScores][] {
  return scorers.flatMap((one, index): [string, SideScores][] => {
    const own = sums[index];
    const { name, required, binary } = one;
    if (own === undefined) return [];
    const exempt = own.exempt.includes(1) ? own.exempt : null;
    return [[name, { hash: scorerHash(one), required, binary, ...own, exempt }]];
  });
}

function sameCase(plan: Plan, caseNo: number | undefined, content: string | undefined): Case | null {
  const golden = caseNo === undefined ? null : plan.golden(caseNo);
  if (golden === null || caseNo === undefined || caseContentHash(golden) !== content) return null;
  return plan.kept(caseNo);
}

async function scoredText({ scorers }: Plan, golden: Case, output: string) {
  try {
    const scoring = await scoreTrial(scorers, { golden, trial: 1, transcript: textAlone(output) });
    return scoring.kind === "scored" ? scoring : null;
  } catch (error) {
    if (error instanceof NotKept) return null;
    throw error;
  }
}
