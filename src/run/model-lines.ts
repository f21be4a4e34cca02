import type { ModelEntry } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import { ModelLine, type PaceDependencies } from "../providers/paced-client.ts";

const lines = new WeakMap<ModelEntry, ModelLine>();

/** What a model's queue needs from outside. */
export interface LineDependencies extends PaceDependencies {
  /**
   * The log in which all processes record their calls, so that they share the limits; absent when there is only
   * this process.
   */
  readonly departures?: DepartureLog | undefined;
}

/**
 * The queue of a model in the config. All callers in this process (runs, judges, canaries) share it, so that the
 * model's limits and refusals apply to all of them.
 */
export function lineOf(project: Project, model: LoadedModel, dependencies: LineDependencies): ModelLine {
  // A run may have a changed copy of the model (without fallback), so the config's own entry is the key.
  const { entry } = project.models.get(model.alias) ?? model;
  const line = lines.get(entry) ?? new ModelLine(entry.limits ?? {}, dependencies);
  lines.set(entry, line);
  const { departures } = dependencies;
  if (departures !== undefined) line.share({ model: model.alias, log: departures });
  return line;
}
