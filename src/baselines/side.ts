import { itemAt } from "../domain/item-at.ts";
import { isMadeElsewhere } from "../domain/recorded-provider.ts";
import type { BaselineFileAt } from "../domain/report.ts";
import type { RunHeader, StoredCase } from "../domain/run.ts";
import type { Tally } from "../metrics/tally.ts";

/** Sums of one scorer by case, in the side's case order. */
export interface SideScores {
  /** Hash of the scorer's identity: unequal hashes cannot be compared. */
  readonly hash: string;
  readonly required: boolean;
  /** Scores are 0 or 1, so counts say everything. */
  readonly binary: boolean;
  /** Above 0 for cases that are not scored by it; absent or null where there is none. */
  readonly exempt?: ArrayLike<number> | null;
  readonly count: ArrayLike<number>;
  readonly sum: ArrayLike<number>;
  readonly sumOfSquares: ArrayLike<number>;
}

/** Variants of one kind by case, in the side's case order. */
export interface SideFlips {
  /** With a result. */
  readonly tried: ArrayLike<number>;
  readonly flipped: ArrayLike<number>;
}

/**
 * One side of a comparison: what each case's trials amount to, wherever they came from (a stored run, a baseline file).
 * Every column is in the order of `ids`.
 */
export interface Side {
  /** `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`; for people. */
  readonly label: string;
  /** The baseline file that it is, and the commit, branch or tag that holds it; absent for a run. */
  readonly file?: BaselineFileAt;
  /** Id of the stored run, when there is one. */
  readonly run: string | null;
  readonly suite: string;
  /** `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`; for people. */
  readonly target: string;
  /** Null without a prompt; its name is null for a baseline whose file does not say it. */
  readonly prompt: { readonly name: string | null; readonly version: string } | null;
  /** As its provider calls it; null where the answers were made elsewhere. */
  readonly model: string | null;
  readonly fingerprint: string | null;
  /** Hash of who played the person, null where nobody did; absent where nobody knows. */
  readonly playedBy?: string | null;
  /** Most trials that a case has. */
  readonly trials: number;
  readonly ids: readonly string[];
  /** Hash of a case's input and expected. */
  readonly contents: readonly string[];
  /** Key of each case; absent while a run is under way. */
  readonly keys?: readonly string[];
  readonly answered: ArrayLike<number>;
  readonly passed: ArrayLike<number>;
  readonly scores: ReadonlyMap<string, SideScores>;
  /** What variants of passing trials came to, by kind of pressure; absent where there are none. */
  readonly flips?: ReadonlyMap<string, SideFlips> | undefined;
  /** Failed trials of a case by class of failure, undefined for none; absent where nobody looked. */
  readonly failures?: FailuresOf | undefined;
  readonly tagsOf: (index: number) => readonly string[];
}

/** @param place of a case in the side's order */
export type FailuresOf = (index: number) => Readonly<Record<string, number>> | undefined;

/** A stored run as a side, from its tally. */
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

/** Whether some cases name the scorers that they are scored by. */
export function hasOwnScorers({ scores }: Side): boolean {
  for (const { exempt } of scores.values()) if (exempt !== null && exempt !== undefined) return true;
  return false;
}

/**
 * What a trial's pass rests on: hashes of the required scorers, in no order.
 * @param index of a case: only those that score it
 */
export function passBasis(side: Side, index?: number): string {
  return [...side.scores.values()]
    .filter((one) => one.required && (index === undefined || !((one.exempt?.[index] ?? 0) > 0)))
    .map((one) => one.hash)
    .sort()
    .join(",");
}
