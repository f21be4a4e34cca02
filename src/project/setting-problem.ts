import type { Problem, SettingMistake } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";

/**
 * A mistake that a scorer or a provider found in its own settings, with its place in the file.
 * @param base where the settings are in that file, for instance `["scorers", 0]`
 */
export function settingProblem(
  places: Places,
  base: readonly PropertyKey[],
  mistake: SettingMistake,
): Problem {
  return { ...mistake.problem, path: places.path, ...places.at([...base, ...mistake.at]) };
}
