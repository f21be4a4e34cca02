import { readLabels, whileNobodyWrites, writeLabels } from "../labels/label-file.ts";
import { assignLabels as assigned } from "../labels/label-of.ts";
import { labelsPath } from "../labels/labels-path.ts";
import { measuredScorers } from "../labels/measured-scorers.ts";
import type { Environment } from "./environment.ts";
import { refuseUnknown } from "./labelling/judge-of-labels.ts";
import { openProject } from "./project/open-project.ts";

export interface AssignLabelsInput {
  readonly directory?: string | undefined;
  readonly suite: string;
  readonly judge: string;
}

/** Adds a judge's name to labels without one. @returns path of the labels file, and how many labels changed */
export async function assignLabels(
  io: Environment,
  { directory, suite, judge }: AssignLabelsInput,
): Promise<{ readonly path: string; readonly changed: number }> {
  const project = await openProject(io, { directory, suites: [suite] });
  const [loaded] = project.suites;
  refuseUnknown(suite, judge, measuredScorers(loaded?.scorers ?? []));
  const changed = whileNobodyWrites(project.root, suite, () => {
    const before = readLabels(project.root, suite);
    const after = assigned(before, judge);
    const count = after.filter((label, index) => label !== before[index]).length;
    if (count > 0) writeLabels(project.root, suite, after);
    return count;
  });
  return { path: labelsPath(suite), changed };
}
