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
        why: "Even the worst score reaches a threshold of 0, so no answer can fail this scorer.",
        fix: "threshold: 0.5, or the lowest score of a good answer; required: false if the score is only to be measured.",
      },
    ];
  });
}
