import type { Project } from "../../domain/project.ts";

/** Treats the keys of models as set, for plans that are only inspected; none is sent. */
export function withoutKeys(project: Project): Project {
  const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
  return { ...project, env: { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env } };
}
