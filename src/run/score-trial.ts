import { describeTranscript } from "../domain/describe-transcript.ts";
import { faultWords, isSimulated, type Speaker } from "../domain/person-fault.ts";
import type { Score } from "../domain/score.ts";
import { type OpenScorer, type ScoreInput, ScorerFailure } from "../domain/scorer.ts";

/** The scores of one answer by all scorers of a suite. */
export type Scoring =
  | {
      readonly kind: "scored";
      readonly pass: boolean;
      /**
       * One score per scorer, in the suite's order; null for a missing score, undefined if the scorer does not apply
       * to the case.
       */
      readonly scores: readonly (Score | null | undefined)[];
      /**
       * For each scorer, why it could not score, if it is optional; null if it could. Absent when all scorers could
       * score.
       */
      readonly voids?: readonly (string | null)[];
    }
  | { readonly kind: "failed"; readonly error: "tool" | "judge" | "simulator"; readonly message: string };

type Result = Score | ScorerFailure;

const NOBODY_KNOWN: Speaker = { kind: "unknown" };

/**
 * The result of a scorer that is not used, because the case names its scorers and this scorer is not among them.
 */
const NOT_APPLIED = Symbol("not applied");

/**
 * Runs every scorer, or only those that the case names. When a required scorer cannot score, the whole trial has no
 * scores; when an optional one cannot, its score is null. Returns a plain value, not a promise, when nothing was
 * awaited.
 *
 * @param speaker the source of the user's messages: an answer spoiled by a simulated user is not scored
 * @throws {NotJudged} when a judge must not be asked, or not any more; then there are neither scores nor a failure
 */
export function scoreTrial(
  scorers: readonly OpenScorer[],
  input: ScoreInput,
  speaker: Speaker = NOBODY_KNOWN,
): Scoring | Promise<Scoring> {
  if (!isSimulated(input, speaker)) return scoreAnswer(scorers, input);
  return spoiled(input, speaker).then((fault) => fault ?? scoreAnswer(scorers, input));
}

function scoreAnswer(scorers: readonly OpenScorer[], input: ScoreInput): Scoring | Promise<Scoring> {
  if (scorers.some(isLate)) return scoreInTurns(scorers, input);
  const results: (Result | typeof NOT_APPLIED | Promise<Result>)[] = [];
  const { scorers: own } = input.golden;
  let waits = false;
  for (const scorer of scorers) {
    const result = own === undefined || own.includes(scorer.name) ? attempt(scorer, input) : NOT_APPLIED;
    if (result instanceof Promise) waits = true;
    results.push(result);
  }
  const stopped = wasStopped(input);
  return waits
    ? allOf(results).then((all) => combine(scorers, all, stopped))
    : combine(scorers, results as (Result | typeof NOT_APPLIED)[], stopped);
}

/**
 * The failure of a trial that its simulated user spoiled; undefined when the user did its part. The checks are
 * loaded only when there is such a user.
 */
async function spoiled({ golden, transcript }: ScoreInput, speaker: Speaker): Promise<Scoring | undefined> {
  const { findPersonFault } = await import("../agents/person-faults.ts");
  const fault = findPersonFault({ ...golden, transcript, speaker });
  return fault && { kind: "failed", error: "simulator", message: faultWords(fault) };
}

/** Whether a limit stopped the target before it had finished. Such a trial fails, whatever its answer. */
function wasStopped({ transcript }: ScoreInput): boolean {
  return transcript.trajectory?.stopped !== undefined;
}

/** Whether the scorer is asked only about some trials, after the other scorers. */
const isLate = ({ judge_when = "always" }: OpenScorer): boolean => judge_when !== "always";

/**
 * Runs the scorers in turns. First come those that score every trial. If the trial passes so far, the scorers for
 * passing trials follow. If it has failed and no rule explains why, the scorers for such trials come last.
 */
async function scoreInTurns(scorers: readonly OpenScorer[], input: ScoreInput): Promise<Scoring> {
  const { scorers: own } = input.golden;
  const applies = (one: OpenScorer): boolean => own === undefined || own.includes(one.name);
  const results = await allOf(
    scorers.map((one) => (!applies(one) ? NOT_APPLIED : isLate(one) ? null : attempt(one, input))),
  );
  const stopped = wasStopped(input);
  const passes =
    !stopped &&
    scorers.every((one, index) => {
      const result = results[index];
      const counts = one.required && one.opinion !== true && !isLate(one) && result !== NOT_APPLIED;
      return !counts || (isScore(result) && result.pass);
    });
  const ask = (when: OpenScorer["judge_when"], before: typeof results): Promise<typeof results> =>
    allOf(
      scorers.map((one, index) =>
        one.judge_when === when && applies(one) ? attempt(one, input) : (before[index] ?? null),
      ),
    );
  const judged = passes ? await ask("passed", results) : results;
  const scoring = combine(scorers, judged, stopped);
  if (!(await isUnexplained(scoring, scorers, input))) return scoring;
  return combine(scorers, await ask("unexplained", judged), stopped);
}

/**
 * Whether a trial failed and no rule says why. It is checked only when the suite has a scorer for such trials.
 */
async function isUnexplained(
  scoring: Scoring,
  scorers: readonly OpenScorer[],
  { transcript }: ScoreInput,
): Promise<boolean> {
  if (scoring.kind === "failed" || scoring.pass) return false;
  if (!scorers.some((one) => one.judge_when === "unexplained")) return false;
  const { classifyFailure } = await import("../scorers/classify-failure.ts");
  const failure = classifyFailure({
    trial: { pass: false, error: null, message: null, scores: scoring.scores.map((one) => one ?? null) },
    answer: {
      ...transcript,
      refusal: transcript.refusal ?? null,
      finish_reason: transcript.finish_reason ?? null,
    },
    transcript: describeTranscript(transcript),
    scorers: scorers.map(({ name, type = "", required }) => ({ name, type, required })),
  });
  return failure?.class === "unknown";
}

/** Waits for all results even if one fails, so that no scorer is still running after its trial has ended. */
async function allOf<T>(results: readonly (T | Promise<T>)[]): Promise<T[]> {
  const ended = await Promise.allSettled(results);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function attempt(scorer: OpenScorer, input: ScoreInput): Result | Promise<Result> {
  try {
    const result = scorer.score(input);
    return result instanceof Promise ? result.catch(failure) : result;
  } catch (error) {
    return failure(error);
  }
}

/** Any error other than ScorerFailure is a bug and is rethrown. */
function failure(error: unknown): ScorerFailure {
  if (error instanceof ScorerFailure) return error;
  throw error;
}

const isScore = (result: Result | typeof NOT_APPLIED | null | undefined): result is Score =>
  result !== null && typeof result === "object" && !(result instanceof ScorerFailure);

/**
 * Combines the results of all scorers. A result is null when its scorer is only for some trials (`judge_when`)
 * and this trial is not one of them.
 *
 * @param stopped whether the trial fails because a limit stopped it
 */
function combine(
  scorers: readonly OpenScorer[],
  results: readonly (Result | typeof NOT_APPLIED | null)[],
  stopped: boolean,
): Scoring {
  const scores: (Score | null | undefined)[] = [];
  let voids: (string | null)[] | undefined;
  let pass = !stopped;
  for (const [index, scorer] of scorers.entries()) {
    const result = results[index];
    if (result === NOT_APPLIED) {
      scores.push(undefined);
      continue;
    }
    if (result === undefined || result === null || result instanceof ScorerFailure) {
      if (scorer.required && result instanceof ScorerFailure) {
        return { kind: "failed", error: result.kind, message: `${scorer.name}: ${result.message}` };
      }
      if (result instanceof ScorerFailure) {
        voids ??= scorers.map(() => null);
        voids[index] = result.message;
      }
      scores.push(null);
      continue;
    }
    scores.push(result);
    if (scorer.required && !result.pass) pass = false;
  }
  return voids === undefined ? { kind: "scored", pass, scores } : { kind: "scored", pass, scores, voids };
}
