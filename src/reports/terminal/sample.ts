import type { Candidate } from "../../domain/candidate.ts";
import { plural } from "../format-numbers.ts";

/** The result of `evals sample`. */
export interface ShownSample {
  readonly seed: string;
  readonly population: { readonly traces: number; readonly sessions: number };
  readonly excluded: number;
  readonly written: string | null;
  readonly duplicates: number;
  readonly empty: number;
  readonly candidates: readonly Pick<Candidate, "why" | "stratum">[];
}

/** How many candidates each design (random, worst, errors, …) drew, what was left out, and the next command. */
export function sampleText(sample: ShownSample): string {
  const { seed, population, excluded, written, duplicates, empty, candidates } = sample;
  const { traces, sessions } = population;
  const left = [
    ...(excluded > 0 ? [`${plural(excluded, "trace")} from tests or from evals itself left out`] : []),
    ...(duplicates > 0 ? [`${duplicates} left out: the dataset has a nearly equal case`] : []),
    ...(empty > 0 ? [`${empty} left out: no message of a user`] : []),
  ];
  return [
    `${plural(candidates.length, "candidate")} of ${plural(traces, "trace")} in ${plural(sessions, "session")} (seed ${seed})\n`,
    ...counted(candidates.flatMap(({ why }) => why.split(", "))).map(
      ([why, count]) => `  ${why.padEnd(10)} ${count}\n`,
    ),
    ...left.map((line) => `  ${line}\n`),
    written === null
      ? "Nothing was written.\n"
      : `${written}\nTo decide which candidates become cases: evals label ${written}\n`,
  ].join("");
}

function counted(words: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts];
}
