import type { Problem, SettingMistake } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";

/**
 * Converts a mistake in a scorer's or provider's settings to a problem with its location.
 *
 * @param base path of the settings in the file, for instance `["scorers", 0]`
 */
export function settingProblem(
  places: Places,
  base: readonly PropertyKey[],
  mistake: SettingMistake,
): Problem {
  return { ...mistake.problem, path: places.path, ...places.at([...base, ...mistake.at]) };
}
