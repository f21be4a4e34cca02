import type { ModelEntry } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import { ModelLine, type PaceDependencies } from "../providers/paced-client.ts";

const lines = new WeakMap<ModelEntry, ModelLine>();

/** What a line needs, and where the departures of all processes are written down; absent: this process is alone. */
export interface LineDependencies extends PaceDependencies {
  readonly departures?: DepartureLog | undefined;
}

/**
 * The line in front of a model of the config: one for all that ask it in this process, runs, judges and canaries, so that
 * its limits hold and one refusal holds everybody back.
 */
export function lineOf(project: Project, model: LoadedModel, dependencies: LineDependencies): ModelLine {
  // A run may hold a changed copy of the entry, without its fallback for instance.
  const { entry } = project.models.get(model.alias) ?? model;
  const line = lines.get(entry) ?? new ModelLine(entry.limits ?? {}, dependencies);
  lines.set(entry, line);
  const { departures } = dependencies;
  if (departures !== undefined) line.share({ model: model.alias, log: departures });
  return line;
}
