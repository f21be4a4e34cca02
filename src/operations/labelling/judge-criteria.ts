import { EvalsError } from "../../domain/problem.ts";
import type { RunHeader } from "../../domain/run.ts";
import { findJudge } from "../../project/find-judge.ts";
import type { ProjectRoot } from "../../project/find-project-root.ts";
import { workTree } from "../../project/work-tree.ts";

/** A criterion of a judge, with its text from the judge's file. */
export interface JudgedCriterion {
  readonly name: string;
  readonly about: string;
}

/**
 * The criteria of a run's judges, so that people can be asked the same questions. There are none for
 * a judge without a rubric, and none for a version that is no longer in the work tree.
 *
 * @param only name of one judge, or of the scorer that uses it; default all judges
 */
export async function judgeCriteria(
  { root, gitRoot }: ProjectRoot,
  { scorers }: RunHeader,
  only?: string,
): Promise<JudgedCriterion[]> {
  const files = workTree(root, gitRoot ?? root);
  const found = new Map<string, JudgedCriterion>();
  const asked = scorers.filter(
    ({ name, judge }) => only === undefined || only === name || only === judge?.name,
  );
  for (const judge of asked.flatMap((one) => one.judge ?? [])) {
    try {
      const { settings } = await findJudge(files, `${judge.name}@${judge.version}`);
      for (const { name, text } of settings.criteria ?? [])
        if (!found.has(name)) found.set(name, { name, about: text });
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
    }
  }
  return [...found.values()];
}
