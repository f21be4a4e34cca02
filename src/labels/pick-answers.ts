import type { Label } from "../domain/label.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import type { Votes } from "./disputed.ts";

/** A distinct answer of a case, and the number of the run's trials that gave it. */
export interface PickableAnswer {
  readonly case: string;
  readonly answer_hash: string;
  readonly tags: readonly string[];
  readonly trials: number;
  /** Verdicts of judges; null when no judge rated the answer. */
  readonly judged: Votes | null;
}

/**
 * How to pick answers: at random, or the same number from each group. The groups are by the judges' verdict, by tag,
 * or by whether the judges agree (`dispute`).
 */
export type PickBy = "random" | "verdict" | "tag" | "dispute";

/** An answer to label, with what its label stores about how the answer was picked. */
export interface PickedAnswer<A> {
  readonly answer: A;
  readonly picked: Label["picked"];
  /** Number of the run's trials that this answer represents; above 0. */
  readonly weight: number;
}

export interface PickOptions {
  readonly count: number;
  readonly by: PickBy;
  /** Any text; the same seed picks the same answers in the same order. */
  readonly seed: string;
}

/**
 * Picks answers to label, in an order that does not reveal why each was picked. A second answer of a case is picked
 * only after every case has one, because answers of the same case carry less information.
 */
export function pickAnswers<A extends PickableAnswer>(
  answers: readonly A[],
  { count, by, seed }: PickOptions,
): PickedAnswer<A>[] {
  const random = seededRandom(`pick ${seed}`);
  const strata = strataOf(answers, by).map((stratum) => ({
    trials: stratum.reduce((sum, one) => sum + one.trials, 0),
    queue: spreadOverCases(stratum, random),
  }));
  const shares = allot(
    strata.map(({ queue }) => queue.length),
    count,
  );
  const picked = strata.flatMap(({ queue, trials }, at) => {
    const share = shares[at] ?? 0;
    return queue.slice(0, share).map((answer) => ({
      answer,
      picked: by === "random" ? ("random" as const) : ("stratified" as const),
      weight: trials / share,
    }));
  });
  return shuffled(picked, random);
}

function strataOf<A extends PickableAnswer>(answers: readonly A[], by: PickBy): A[][] {
  const strata = new Map<string, A[]>();
  for (const answer of answers) {
    const name = stratumOf(answer, by);
    const stratum = strata.get(name);
    if (stratum === undefined) strata.set(name, [answer]);
    else stratum.push(answer);
  }
  return [...strata].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stratum]) => stratum);
}

function stratumOf({ judged, tags }: PickableAnswer, by: PickBy): string {
  switch (by) {
    case "random":
      return "";
    case "tag":
      return [...tags].sort()[0] ?? "";
    case "verdict":
      return judged === null || judged.of === 0 ? "unjudged" : 2 * judged.pass >= judged.of ? "pass" : "fail";
    case "dispute":
      return judged !== null && judged.pass > 0 && judged.pass < judged.of ? "divided" : "agreed";
    default:
      return by satisfies never;
  }
}

/**
 * One answer of each case in random order, then the second answers of all cases, and so on. Within a case, an answer
 * that two trials gave is twice as likely to come first.
 */
function spreadOverCases<A extends PickableAnswer>(answers: readonly A[], random: () => number): A[] {
  const cases = new Map<string, A[]>();
  for (const answer of answers) cases.set(answer.case, [...(cases.get(answer.case) ?? []), answer]);
  const orders = shuffled([...cases.values()], random).map((own) => byTrials(own, random));
  const rounds = orders.reduce((largest, own) => Math.max(largest, own.length), 0);
  return Array.from({ length: rounds }, (_, round) => orders.flatMap((own) => own[round] ?? [])).flat();
}

/** A random order. The chance of an answer to come first is proportional to the number of trials that gave it. */
function byTrials<A extends PickableAnswer>(answers: readonly A[], random: () => number): A[] {
  return answers
    .map((answer) => ({ answer, at: -Math.log(1 - random()) / answer.trials }))
    .sort((a, b) => a.at - b.at)
    .map(({ answer }) => answer);
}

/** Divides `count` equally among strata of these sizes; the part that a small stratum cannot use goes to the others. */
function allot(sizes: readonly number[], count: number): number[] {
  const shares = sizes.map(() => 0);
  let left = Math.min(
    count,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  while (left > 0) {
    for (const [at, size] of sizes.entries()) {
      if (left > 0 && (shares[at] ?? 0) < size) {
        shares[at] = (shares[at] ?? 0) + 1;
        left--;
      }
    }
  }
  return shares;
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
