import { itemAt } from "../domain/item-at.ts";
import { isMadeElsewhere } from "../domain/recorded-provider.ts";
import type { BaselineFileAt } from "../domain/report.ts";
import type { RunHeader, StoredCase } from "../domain/run.ts";
import type { Tally } from "../metrics/tally.ts";

/** Sums of one scorer's scores by case, in the side's case order. */
export interface SideScores {
  /** Hash of the scorer's identity; scores with different hashes cannot be compared. */
  readonly hash: string;
  readonly required: boolean;
  /** Whether all scores are 0 or 1, so that counts are sufficient. */
  readonly binary: boolean;
  /** Above 0 for cases to which the scorer does not apply; absent or null when there are none. */
  readonly exempt?: ArrayLike<number> | null;
  readonly count: ArrayLike<number>;
  readonly sum: ArrayLike<number>;
  readonly sumOfSquares: ArrayLike<number>;
}

/** Counts of variants under one kind of pressure by case, in the side's case order. */
export interface SideFlips {
  /** Number of variants with a result. */
  readonly tried: ArrayLike<number>;
  readonly flipped: ArrayLike<number>;
}

/**
 * One side of a comparison: the results of each case's trials, from a stored run or a baseline file. All columns are
 * in the order of `ids`.
 */
export interface Side {
  /** Name of the side for people: `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly label: string;
  /** The baseline file and the commit, branch or tag that contains it; absent for a run. */
  readonly file?: BaselineFileAt;
  /** Id of the stored run; null for a side that is no stored run, such as a baseline file. */
  readonly run: string | null;
  readonly suite: string;
  /** The target as a text for people: `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
  readonly target: string;
  /** The prompt; null for a target without a prompt. Its name is null if the baseline file does not record it. */
  readonly prompt: { readonly name: string | null; readonly version: string } | null;
  /** The provider's model name; null when the answers were made elsewhere. */
  readonly model: string | null;
  readonly fingerprint: string | null;
  /** Hash of the simulated user; null without one, absent when unknown. */
  readonly playedBy?: string | null;
  /** Maximum number of trials of a case. */
  readonly trials: number;
  readonly ids: readonly string[];
  /** Hash of each case's input and expected value. */
  readonly contents: readonly string[];
  /** Key of each case; absent while a run is in progress. */
  readonly keys?: readonly string[];
  readonly answered: ArrayLike<number>;
  readonly passed: ArrayLike<number>;
  readonly scores: ReadonlyMap<string, SideScores>;
  /** Results of the variants of passing trials by kind of pressure; absent when there are none. */
  readonly flips?: ReadonlyMap<string, SideFlips> | undefined;
  /** The failure classes of each case's failed trials; absent when failed trials were not classified. */
  readonly failures?: FailuresOf | undefined;
  readonly tagsOf: (index: number) => readonly string[];
}

/**
 * Number of a case's failed trials by failure class; undefined when none failed.
 *
 * @param index of the case in the side
 */
export type FailuresOf = (index: number) => Readonly<Record<string, number>> | undefined;

/** Converts a stored run to a side, from its tally. */
export function sideOfRun(header: RunHeader, cases: readonly StoredCase[], tally: Tally): Side {
  const tags = cases.map((one) => one.tags);
  return {
    label: `run ${header.id}`,
    run: header.id,
    suite: header.suite,
    target: header.target,
    prompt: header.prompt,
    model: isMadeElsewhere(header.provider) ? null : header.model,
    fingerprint: header.fingerprint,
    playedBy: header.played_by ?? null,
    trials: maximumOf(tally.answered),
    ids: cases.map((one) => one.id),
    contents: cases.map((one) => one.content_hash),
    keys: cases.map((one) => one.key),
    answered: tally.answered,
    passed: tally.passed,
    scores: new Map(
      header.scorers.flatMap(({ name, hash, required, binary }, index) => {
        const sums = tally.scores[index];
        return sums === undefined ? [] : [[name, { hash, required, binary, ...sums }] as const];
      }),
    ),
    ...(tally.flips === null ? {} : { flips: tally.flips }),
    tagsOf: (index) => tags[index] ?? [],
  };
}

function maximumOf(column: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < column.length; i++) largest = Math.max(largest, itemAt(column, i));
  return largest;
}

/** Whether some cases name their own scorers. */
export function hasOwnScorers({ scores }: Side): boolean {
  for (const { exempt } of scores.values()) if (exempt !== null && exempt !== undefined) return true;
  return false;
}

/**
 * Identifies what decides whether a trial passes: the sorted hashes of the required scorers.
 *
 * @param index the index of a case: then only the scorers that apply to this case count
 */
export function passBasis(side: Side, index?: number): string {
  return [...side.scores.values()]
    .filter((one) => one.required && (index === undefined || !((one.exempt?.[index] ?? 0) > 0)))
    .map((one) => one.hash)
    .sort()
    .join(",");
}
