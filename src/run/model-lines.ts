import type { ModelEntry } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import { ModelLine, type PaceDependencies } from "../providers/paced-client.ts";

const lines = new WeakMap<ModelEntry, ModelLine>();

/** The dependencies of a model's queue. */
export interface LineDependencies extends PaceDependencies {
  /**
   * Where all processes record their calls, so that they share the limits; absent when there is only this
   * process.
   */
  readonly departures?: DepartureLog | undefined;
}

/**
 * The queue of a model in the config: one for all callers in this process (runs, judges, canaries), so that its
 * limits and refusals apply to all of them.
 */
export function lineOf(project: Project, model: LoadedModel, dependencies: LineDependencies): ModelLine {
  // A run may have a modified copy of the entry, for instance without fallback.
  const { entry } = project.models.get(model.alias) ?? model;
  const line = lines.get(entry) ?? new ModelLine(entry.limits ?? {}, dependencies);
  lines.set(entry, line);
  const { departures } = dependencies;
  if (departures !== undefined) line.share({ model: model.alias, log: departures });
  return line;
}
