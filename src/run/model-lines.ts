import type { ModelEntry } from "../domain/config.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import { ModelLine, type PaceDependencies } from "../providers/paced-client.ts";

const lines = new WeakMap<ModelEntry, ModelLine>();

/**
 * The line in front of a model of the config: one for all that ask it in this process, runs, judges and canaries, so that
 * its limits hold and one refusal holds everybody back.
 */
export function lineOf(project: Project, model: LoadedModel, dependencies: PaceDependencies): ModelLine {
  // A run may hold a changed copy of the entry, without its fallback for instance.
  const { entry } = project.models.get(model.alias) ?? model;
  const known = lines.get(entry);
  if (known !== undefined) return known;
  const line = new ModelLine(entry.limits ?? {}, dependencies);
  lines.set(entry, line);
  return line;
}
