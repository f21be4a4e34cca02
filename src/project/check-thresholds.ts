import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";

/** Warns of required scorers that always pass. */
export function alwaysPassing({ suite, places, path }: LoadedSuite): Problem[] {
  return suite.scorers.flatMap((entry, index) => {
    if (entry.threshold !== 0 || entry.required === false) return [];
    const at = ["scorers", index, "threshold"];
    return [
      {
        code: "EVALS_SCORER_ALWAYS_PASSES",
        path,
        ...places.at(at),
        what: `Every answer passes ${entry.name ?? entry.type}: its threshold is 0.`,
        why: "Each score reaches it, the worst too, so that nothing can fail by this scorer.",
        fix: "threshold: 0.5, or the score from which on an answer is good; required: false where it is only to be measured.",
      },
    ];
  });
}
