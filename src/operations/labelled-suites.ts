import { isAside } from "../domain/aside-run.ts";
import { readLabels } from "../labels/label-file.ts";
import { measuredNames } from "../labels/label-of.ts";
import type { LabelledSuite } from "../page/page-documents.ts";
import type { ListedRun } from "../store/reads.ts";
import { labelsBeside, measuredInRun } from "./labelling/judge-of-labels.ts";

/** The suites of some runs, newest run first, with the number of labels for each of their judges. */
export function labelledSuites(root: string, runs: readonly ListedRun[]): LabelledSuite[] {
  const newest = new Map<string, ListedRun>();
  for (const run of runs)
    if (!isAside(run) && !newest.has(run.header.suite)) newest.set(run.header.suite, run);
  return [...newest].flatMap(([suite, { header }]) => {
    const scorers = measuredInRun(header);
    const judges = measuredNames(scorers);
    const labels = readLabels(root, suite);
    return (judges.length < 2 ? [null] : judges).map((judge): LabelledSuite => {
      const own = labelsBeside(labels, judge ?? judges[0], scorers);
      const raters = new Set(own.map(({ rater }) => rater));
      return { suite, judge, run: header.id, labels: own.length, raters: raters.size };
    });
  });
}
