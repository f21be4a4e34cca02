import type { CorrectedRate } from "../../domain/calibration.ts";
import type { Label } from "../../domain/label.ts";
import type { Metrics } from "../../domain/run.ts";
import { correctedRate, type LabelledCase } from "../../labels/corrected-rate.ts";
import { partOf } from "../../labels/holdout.ts";
import { answerHash } from "../../labels/label-file.ts";
import type { Trust } from "../../labels/trust.ts";
import { type LabelledAnswer, labelledAnswers } from "../../labels/truth.ts";
import type { RanRun } from "../../run/execute-run.ts";
import type { Store } from "../../store/store.ts";
import type { SuiteTrust } from "./judge-trust.ts";

/**
 * Adds rates that are corrected for the known error of calibrated judges: `score.<judge>` for each pass/fail judge,
 * and the pass rate when exactly one judge is required. These are for the report; the gate uses the raw rates.
 */
export function withCorrections(metrics: Metrics, ran: RanRun, trust: SuiteTrust, store: Store): Metrics {
  const corrected: Record<string, CorrectedRate> = {};
  const judges = [...trust.byScorer].filter(([, one]) => one.measures !== null);
  if (judges.length === 0 || ran.tally.totalAnswered === 0) return metrics;
  const { scorers } = ran.header;
  const required = scorers.filter((one) => one.required);
  const opinions = required.filter((one) => trust.byScorer.has(one.name));
  for (const [name, one] of judges) {
    const index = scorers.findIndex((scorer) => scorer.name === name);
    const sums = ran.tally.scores[index];
    if (scorers[index]?.binary !== true || sums === undefined || one.measures === null) continue;
    const { measures } = one;
    const sample = sampleOf(one, trust.labelsOf(name), ran, store);
    corrected[`score.${name}`] = correctedRate({
      run: { count: sums.count, sum: sums.sum },
      measures,
      sample: casesOf(sample, (answer) => answer.scores[index] ?? null, false),
      others: false,
    });
    // With two judges, the pass rate has the errors of both, but labels measure only the error of one.
    if (opinions.length === 1 && opinions[0]?.name === name) {
      corrected.pass_rate = correctedRate({
        run: { count: ran.tally.answered, sum: ran.tally.passed },
        measures,
        sample: casesOf(sample, (answer) => answer.pass, true, index),
        others: required.length > 1,
      });
    }
  }
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => {
      const found = corrected[name];
      return [name, found === undefined ? value : { ...value, corrected: found }];
    }),
  );
}

/** A labelled answer that this run has too, with its scores in this run. */
interface AnswerOfRun {
  /** Number of the case in the run, from 0. */
  readonly place: number;
  /** Whether people pass the answer. */
  readonly truth: boolean;
  /** Whether the trial passes; null when it was not scored. */
  readonly pass: boolean | null;
  /** Whether each scorer passes the answer; null when it gave no score. */
  readonly scores: readonly (boolean | null)[];
  /** Whether every required scorer passes the answer, apart from the scorer at `index`. */
  readonly othersPass: (index: number) => boolean;
}

/**
 * The answers of this run that have a randomly picked label. Null when the answer of one of these labels is missing
 * in this run: then the remaining answers are not a random sample of the run.
 */
function sampleOf(
  { part }: Trust,
  labels: readonly Label[],
  ran: RanRun,
  store: Store,
): readonly AnswerOfRun[] | null {
  const random = labelledAnswers(labels).filter(
    (one) => one.picked === "random" && one.truth !== null && (part === "all" || partOf(one.case) === part),
  );
  if (random.length === 0) return null;
  const places = new Map(
    Array.from({ length: ran.plan.count }, (_, caseNo) => [ran.plan.id(caseNo), caseNo]),
  );
  const found: AnswerOfRun[] = [];
  for (const labelled of random) {
    const index = places.get(labelled.case);
    const answer = index === undefined ? null : answerOfRun(labelled, index, ran, store);
    if (answer === null) return null;
    found.push(answer);
  }
  return found;
}

function answerOfRun(
  labelled: LabelledAnswer,
  index: number,
  { header, writer }: RanRun,
  store: Store,
): AnswerOfRun | null {
  const trial = store
    .trials(writer.no, index)
    .find((one) => one.answer !== null && answerHash(one.answer.output) === labelled.answer_hash);
  if (trial === undefined) return null;
  const scores = header.scorers.map((_, at) => trial.scores[at]?.pass ?? null);
  return {
    place: index,
    truth: labelled.truth === "pass",
    pass: trial.pass,
    scores,
    othersPass: (except) =>
      header.scorers.every((one, at) => !one.required || at === except || scores[at] === true),
  };
}

/**
 * Groups labelled answers by case.
 *
 * @param whole true for the pass rate: an answer is then right only if people and all required scorers but the judge
 * pass it
 * @param judge index of the judge's scorer; needed only if `whole` is true
 */
function casesOf(
  sample: readonly AnswerOfRun[] | null,
  judgedBy: (answer: AnswerOfRun) => boolean | null,
  whole: boolean,
  judge = -1,
): LabelledCase[] | null {
  if (sample === null) return null;
  const cases = new Map<number, { truth: boolean; judged: boolean }[]>();
  for (const answer of sample) {
    const judged = judgedBy(answer);
    if (judged === null) continue;
    const truth = answer.truth && (!whole || answer.othersPass(judge));
    const own = cases.get(answer.place) ?? [];
    cases.set(answer.place, [...own, { truth, judged }]);
  }
  return [...cases].map(([index, answers]) => ({ place: index, answers }));
}
