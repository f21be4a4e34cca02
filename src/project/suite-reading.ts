import type { ModuleEvents } from "../domain/module-events.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedPrompt, Places, Registry } from "../domain/project.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import { Suite } from "../domain/suite.ts";
import { misspelt } from "./describe-issues.ts";
import { collect, placed } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import type { LoadedConfig } from "./load-config.ts";
import type { UnfinishedSuite } from "./unread-project.ts";

/** The project around a suite, which is needed to read and check the suite. */
export interface SuiteContext {
  readonly files: FileSource;
  /** Environment for a module that creates cases. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly modules?: ModuleEvents | undefined;
  readonly config: LoadedConfig;
  readonly scorers: Registry<ScorerDefinition>;
  /** Prompts already loaded, by spec; shared by all suites. */
  readonly prompts: Map<string, Promise<LoadedPrompt>>;
  readonly overrides: SuiteOverrides;
  /** The loader adds each suite with mistakes here, as far as it could be read. */
  readonly unfinished: UnfinishedSuite[];
}

/** One suite's file while it is read. */
export interface SuiteReading {
  readonly places: Places;
  readonly context: SuiteContext;
  readonly problems: Problem[];
}

/** Settings from the command line that replace a suite's. */
export interface SuiteOverrides {
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly trials?: number | undefined;
}

/** Whether the suite has the key, or a misspelling of it. */
export function isNamed(value: unknown, key: string): boolean {
  const keys = Object.keys(Suite.shape);
  return (
    value !== null &&
    typeof value === "object" &&
    (Object.hasOwn(value, key) || misspelt(key, value, keys) !== undefined)
  );
}

/**
 * Runs `find` and returns its value. If `find` throws mistakes, they are added to `problems`, and undefined is
 * returned. A mistake without a location gets the location of `path`.
 */
export function withPlace<T>(
  places: Places,
  path: readonly PropertyKey[],
  problems: Problem[],
  find: () => T,
): T | undefined {
  const found: Problem[] = [];
  const value = collect(found, find);
  problems.push(...found.map((problem) => placed(problem, places, path)));
  return value;
}
