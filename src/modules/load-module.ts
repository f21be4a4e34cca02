import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleFiles } from "./module-files.ts";
import { repositoryPath } from "./repository-path.ts";

/** The exports of a user's module. */
export interface LoadedModule {
  readonly default?: unknown;
  readonly [name: string]: unknown;
}

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);

/**
 * Imports a JavaScript or TypeScript file of the user's repository, on every supported Node version. Plain JavaScript
 * has no overhead; the TypeScript loader is loaded only when needed.
 *
 * @param root absolute path of the project root
 * @param path relative to the root
 * @throws {Error} of `repositoryPath`, or any import error (no such file, a syntax error, the module's own)
 */
export async function loadModule(root: string, path: string): Promise<LoadedModule> {
  const place = repositoryPath(root, path);
  const typed = moduleFiles(root, path).some((file) => TYPESCRIPT.has(extname(file)));
  const loaded: unknown = typed ? await importTyped(place) : await import(pathToFileURL(place).href);
  // `export = f`: CommonJS in a TypeScript file.
  return typeof loaded === "function" ? { default: loaded } : ((loaded ?? {}) as LoadedModule);
}

async function importTyped(place: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  // No file cache: other users of the machine may be able to write to its directory, and so change the code.
  const own = ownPackage(place);
  const alias = own === undefined ? {} : { alias: { "git-evals": own } };
  return createJiti(place, { fsCache: false, interopDefault: false, ...alias }).import(place);
}

/** Provides this package's `defineSuite` when the package is not installed in the user's project. */
function ownPackage(place: string): string | undefined {
  try {
    createRequire(place).resolve("git-evals/package.json");
    return undefined;
  } catch {
    for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
      const found = join(folder, "bin", "define-suite.js");
      if (existsSync(found)) return found;
      if (dirname(folder) === folder) return undefined;
    }
  }
}
