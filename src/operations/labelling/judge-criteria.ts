import { EvalsError } from "../../domain/problem.ts";
import type { RunHeader } from "../../domain/run.ts";
import { findJudge } from "../../project/find-judge.ts";
import type { ProjectRoot } from "../../project/find-project-root.ts";
import { workTree } from "../../project/work-tree.ts";

/** One thing that a judge asks of an answer, in its own words. */
export interface JudgedCriterion {
  readonly name: string;
  readonly about: string;
}

/**
 * What the judges of a run ask of an answer, so that a person can be asked the same. Empty for judges without a
 * rubric, and for versions that are no longer in the work tree.
 *
 * @param only this judge, or the judge of this scorer; all when left out
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
