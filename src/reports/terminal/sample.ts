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

/** How many candidates each way of drawing selected, what was left out, and the next command. */
export function sampleText(sample: ShownSample): string {
  const { seed, population, excluded, written, duplicates, empty, candidates } = sample;
  const { traces, sessions } = population;
  const left = [
    ...(excluded > 0 ? [`${plural(excluded, "trace")} of tests or of evals itself were not drawn from`] : []),
    ...(duplicates > 0 ? [`${duplicates} were left out: a case is nearly the same`] : []),
    ...(empty > 0 ? [`${empty} were left out: they have no message`] : []),
  ];
  return [
    `${plural(candidates.length, "candidate")} of ${plural(traces, "trace")} in ${plural(sessions, "session")} (seed ${seed})\n`,
    ...counted(candidates.flatMap(({ why }) => why.split(", "))).map(
      ([why, count]) => `  ${why.padEnd(10)} ${count}\n`,
    ),
    ...left.map((line) => `  ${line}\n`),
    written === null
      ? "Nothing was written.\n"
      : `${written}\nTo say which of them become cases: evals label ${written}\n`,
  ].join("");
}

function counted(words: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts];
}
