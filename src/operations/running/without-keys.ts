import type { Project } from "../../domain/project.ts";

/** The keys of models count as set, for plans that are only looked at: none is sent. */
export function withoutKeys(project: Project): Project {
  const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
  return { ...project, env: { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env } };
}
