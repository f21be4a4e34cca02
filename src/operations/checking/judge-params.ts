import type { JudgeFile } from "../../domain/judge.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { misspeltParams } from "../../project/misspelt-params.ts";

/** Warns about parameters in judges' files that are nearly those which the judges' models know. */
export async function paramsOfJudges(
  files: readonly JudgeFile[],
  { models }: Pick<Project, "models">,
): Promise<Problem[]> {
  const found = new Map<string, Problem>();
  for (const { settings, places } of files) {
    for (const alias of settings.models ?? [settings.model ?? ""]) {
      const model = models.get(alias);
      if (model === undefined) continue;
      for (const one of await misspeltParams(model, settings.params, { places, path: ["params"] }))
        found.set(JSON.stringify(one), one);
    }
  }
  return [...found.values()];
}
