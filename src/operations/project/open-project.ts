import { resolve } from "node:path";
import type { Project } from "../../domain/project.ts";
import { findProjectRoot, type ProjectRoot } from "../../project/find-project-root.ts";
import { loadProject } from "../../project/load-project.ts";
import type { SuiteOverrides } from "../../project/suite-reading.ts";
import { workTree } from "../../project/work-tree.ts";
import { providers } from "../../providers/registry.ts";
import { scorers } from "../../scorers/registry.ts";
import type { Environment } from "../environment.ts";

/**
 * Finds the project of a command: the nearest evalconfig.yaml in the folder of `-C` (by default the current one), or
 * in a parent.
 */
export function locate(io: Environment, directory: string | undefined): ProjectRoot {
  return findProjectRoot(resolve(io.cwd, directory ?? "."));
}

export interface OpenProjectOptions {
  readonly directory?: string | undefined;
  /** Only these suites; default all. */
  readonly suites?: readonly string[];
  readonly overrides?: SuiteOverrides;
}

/** Reads a project from its files. @throws {EvalsError} with every mistake of every file */
export async function openProject(io: Environment, options: OpenProjectOptions): Promise<Project> {
  const { root, gitRoot } = locate(io, options.directory);
  try {
    return await loadProject({
      root,
      files: workTree(root, gitRoot ?? root),
      env: io.env,
      modules: io.modules,
      providers,
      scorers,
      ...(options.suites === undefined || options.suites.length === 0 ? {} : { suites: options.suites }),
      ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    });
  } catch (error) {
    const { withFurtherMistakes } = await import("./further-mistakes.ts");
    throw await withFurtherMistakes(error);
  }
}
