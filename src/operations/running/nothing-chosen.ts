import { didYouMean } from "../../domain/did-you-mean.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Narrowing } from "../../domain/run.ts";
import { caseMatcher } from "../../run/case-words.ts";

/** The ids and tags of the cases of all selected suites, from which a message suggests the nearest names. */
export interface SeenCases {
  readonly ids: Set<string>;
  readonly tags: Set<string>;
  /** The distinct selections that left no case. */
  readonly narrowings: Map<string, Narrowing>;
}

/** Why no case is left: the project has no suite, or the options that choose cases leave none. */
export function nothingChosen(seen: SeenCases): Problem[] {
  if (seen.ids.size === 0 && seen.narrowings.size === 0) return [noSuite()];
  const narrowings = [...seen.narrowings.values()];
  const failing = narrowings.flatMap((one) => (one.failing === undefined ? [] : [one.failing]));
  if (failing.length > 0) return [noneFailed(failing.filter((id) => id !== ""))];
  const [narrowing] = narrowings;
  const words = [
    ...(narrowing?.cases ?? []).map((id) => ({ option: `--case ${id}`, known: seen.ids, word: id })),
    ...(narrowing?.tags ?? []).map((tag) => ({ option: `--tag ${tag}`, known: seen.tags, word: tag })),
    ...(narrowing?.shard
      ? [{ option: `--shard ${narrowing.shard}`, known: new Set<string>(), word: "" }]
      : []),
    ...(narrowing?.words ? [{ option: `-t ${narrowing.words}`, known: new Set<string>(), word: "" }] : []),
  ];
  const unknown = words.filter(({ known, word }) => ![...known].some(caseMatcher([word])));
  const causes = unknown.length > 0 ? unknown : words;
  return [
    {
      code: "EVALS_NO_CASES",
      what: `No case is chosen by ${causes.map(({ option }) => option).join(" and ")}.${causes.map(({ known, word }) => didYouMean(word, known)).find((hint) => hint !== "") ?? ""}`,
      why: "A run without cases would pass without checking anything.",
      fix: narrowing?.tags.length
        ? `One of the tags: ${listed(seen.tags)}`
        : `One of the cases: ${listed(seen.ids)}`,
    },
  ];
}

function noSuite(): Problem {
  return {
    code: "EVALS_NO_SUITE",
    what: "This project has no suite: evals/ has no .yaml file, and no module that calls defineSuite.",
    why: "A run without cases would pass without checking anything.",
    fix: "Write evals/<name>.yaml (docs/configuration.md); `evals init <new folder>` makes an example to copy from",
  };
}

/** The problem that `--failing` finds no case. @param runs ids of the searched runs; empty when no suite has a run */
function noneFailed(runs: readonly string[]): Problem {
  const several = runs.length > 1;
  return {
    code: "EVALS_NO_CASES",
    what:
      runs.length === 0
        ? "No suite has a run yet in which a case could have failed."
        : `None of the chosen cases failed in ${several ? "runs" : "run"} ${runs.join(", ")}: there is nothing to run again.`,
    why: "A run without cases would pass without checking anything.",
    fix: "evals run, without --failing",
  };
}

/** Maximum number of names suggested. */
const MAX_NAMES = 12;

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MAX_NAMES).join(", ");
  const more = names.size > MAX_NAMES ? `, and ${names.size - MAX_NAMES} more` : "";
  return names.size === 0 ? "there is none" : `${shown}${more}`;
}
