import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { OpenScorer, ScorerHost } from "../domain/scorer.ts";
import { settingProblem } from "../project/setting-problem.ts";

/** @throws {EvalsError} with every setting that a scorer of the suite finds impossible */
export async function openScorers(suite: LoadedSuite, host: ScorerHost): Promise<OpenScorer[]> {
  const open: OpenScorer[] = [];
  const problems: Problem[] = [];
  for (const [index, { definition, settings }] of suite.scorers.entries()) {
    try {
      open.push(await definition.open(settings, host));
    } catch (error) {
      if (error instanceof SettingMistake) {
        problems.push(settingProblem(suite.places, ["scorers", index], error));
      } else if (error instanceof EvalsError) {
        // A file that the entry names: its problems have places of their own, unless it was not found.
        const here = { path: suite.path, ...suite.places.at(["scorers", index, "judge"]) };
        problems.push(...error.problems.map((one) => (one.path === undefined ? { ...one, ...here } : one)));
      } else throw error;
    }
  }
  if (problems.length === 0) return open;
  await closeScorers(open);
  throw new EvalsError(problems);
}

export async function closeScorers(scorers: readonly OpenScorer[]): Promise<void> {
  await Promise.all(scorers.map((one) => one.close?.()));
}
