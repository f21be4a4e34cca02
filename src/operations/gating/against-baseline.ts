import type { KeptAnswer } from "../../baselines/kept-answers.ts";
import type { Side, SideScores } from "../../baselines/side.ts";
import type { BaselineAnswer } from "../../domain/judge.ts";
import { everyItem } from "../../domain/pages.ts";
import type { OpenScorer } from "../../domain/scorer.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { GateBaseline } from "./gate-baseline.ts";
import { runBehind } from "./rescored-side.ts";

/**
 * Gives the baseline's answers to the judges that compare each answer with the baseline's.
 *
 * @returns the baseline, with a tie for every answer in the scores of these judges. When its answers are not
 * available, the unchanged baseline with a note
 */
export async function heldAgainst(baseline: GateBaseline, plan: Plan, store: Store): Promise<GateBaseline> {
  const relative = plan.scorers.filter((one) => one.relative === true);
  if (baseline.side === null || relative.length === 0) return baseline;
  const answers = await baselineAnswers(baseline, store);
  if (answers === null) {
    const names = relative.map(({ name }) => name).join(", ");
    const note = `${names} compares with the baseline's answers, which are not stored on this machine, so its score is void. To keep answers in git: evals promote --with-answers`;
    return { ...baseline, note: baseline.note === null ? note : `${baseline.note} ${note}` };
  }
  plan.judges?.compareWith(answers);
  return { ...baseline, side: evenWithItself(baseline.side, relative) };
}

/** The baseline's answers; null when neither the store nor git has them. */
async function baselineAnswers(baseline: GateBaseline, store: Store): Promise<BaselineAnswer | null> {
  const run = await runBehind(baseline, store);
  if (run !== null) return storedAnswers(run, store);
  const kept = await baseline.answers();
  if (kept === null) return null;
  return async (caseId, trial) => answerOfTrial(kept.get(caseId) ?? [], trial);
}

async function storedAnswers({ no }: StoredRun, { read }: Store): Promise<BaselineAnswer> {
  const places = new Map<string, number>();
  for await (const { id, case_no } of everyItem((page) => read.cases(no, page))) places.set(id, case_no);
  return async (caseId, trial) => {
    const index = places.get(caseId);
    const answer = index === undefined ? undefined : await read.transcript(no, index, trial);
    return answer?.transcript.output;
  };
}

/**
 * The answer of a trial, by its number from 1. A file of answers does not say which trial gave an answer, only how
 * many did, so the first trials get the most frequent answer, and so on.
 */
function answerOfTrial(answers: readonly KeptAnswer[], trial: number): string | undefined {
  let last = 0;
  return answers.find(({ trials }) => {
    last += trials;
    return trial <= last;
  })?.output;
}

/**
 * Sets the scores of these judges on the baseline's answers to ties. The judges had compared the answers with an
 * earlier baseline, but here the baseline is compared with itself.
 */
function evenWithItself(side: Side, relative: readonly OpenScorer[]): Side {
  const times = (worth: number): Float64Array => Float64Array.from(side.answered, (one) => one * worth);
  const even = relative.map((one): [string, SideScores] => {
    const { name, required, binary } = one;
    const sums = { count: side.answered, sum: times(0.5), sumOfSquares: times(0.25) };
    return [name, { hash: scorerHash(one), required, binary, ...sums }];
  });
  return { ...side, scores: new Map([...side.scores, ...even]) };
}
