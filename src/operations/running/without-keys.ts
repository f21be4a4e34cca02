import type { Project } from "../../domain/project.ts";

/** The project with a placeholder for each missing key of a model, for plans that send no request. */
export function withoutKeys(project: Project): Project {
  const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
  return { ...project, env: { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env } };
}
