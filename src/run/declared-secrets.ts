import type { Project } from "../domain/project.ts";
import { secretRemover } from "../providers/redact.ts";

/**
 * Removes the values of all variables that the project declares as keys (`api_key_env`, `${env:NAME}`) from a text,
 * in every encoding, because a program may print a key anywhere. Null when none of the variables is set.
 */
export function declaredSecrets({
  models,
  env,
}: Pick<Project, "models" | "env">): ((text: string) => string) | null {
  const names = new Set([...models.values()].flatMap((one) => one.provider.keys?.(one.settings) ?? []));
  const values = [...names].flatMap((name) => env[name] ?? []);
  return values.length === 0 ? null : secretRemover(values);
}
