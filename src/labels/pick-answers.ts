import type { Label } from "../domain/label.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import type { Votes } from "./disputed.ts";

/** One distinct answer of a case, and in how many trials of the run it was given. */
export interface PickableAnswer {
  readonly case: string;
  readonly answer_hash: string;
  readonly tags: readonly string[];
  readonly trials: number;
  /** Verdicts of judges; null when no judge spoke of it. */
  readonly judged: Votes | null;
}

/** At random, or so that each judge verdict, each tag, or agreement and dispute is labelled equally often. */
export type PickBy = "random" | "verdict" | "tag" | "dispute";

/** An answer to be labelled, with what its label has to say of how it was chosen. */
export interface PickedAnswer<A> {
  readonly answer: A;
  readonly picked: Label["picked"];
  /** Trials of the run that it represents; above 0. */
  readonly weight: number;
}

export interface PickOptions {
  readonly count: number;
  readonly by: PickBy;
  /** Any text; the same seed picks the same answers in the same order. */
  readonly seed: string;
}

/**
 * Picks answers for people to label, in an order that says nothing of why each was picked. A case is picked a second
 * time only when every case has been: answers of one case say less than answers of two.
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

/** Cases in random order, one answer each, then their second answers, … An answer given twice is twice as likely first. */
function spreadOverCases<A extends PickableAnswer>(answers: readonly A[], random: () => number): A[] {
  const cases = new Map<string, A[]>();
  for (const answer of answers) cases.set(answer.case, [...(cases.get(answer.case) ?? []), answer]);
  const orders = shuffled([...cases.values()], random).map((own) => byTrials(own, random));
  const rounds = orders.reduce((largest, own) => Math.max(largest, own.length), 0);
  return Array.from({ length: rounds }, (_, round) => orders.flatMap((own) => own[round] ?? [])).flat();
}

/** A random order in which the chance to come first is in proportion to the trials. */
function byTrials<A extends PickableAnswer>(answers: readonly A[], random: () => number): A[] {
  return answers
    .map((answer) => ({ answer, at: -Math.log(1 - random()) / answer.trials }))
    .sort((a, b) => a.at - b.at)
    .map(({ answer }) => answer);
}

/** Equal shares of `count`; what a small stratum cannot take goes to the others. */
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
