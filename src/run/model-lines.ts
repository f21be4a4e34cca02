import type { ModelEntry } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import { ModelLine, type PaceDependencies } from "../providers/paced-client.ts";

const lines = new WeakMap<ModelEntry, ModelLine>();

/** What a queue needs, and where the calls of all processes are recorded; absent: this process is the only one. */
export interface LineDependencies extends PaceDependencies {
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
