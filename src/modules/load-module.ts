import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleFiles } from "./module-files.ts";
import { repositoryPath } from "./repository-path.ts";

/** What a user's module exports. */
export interface LoadedModule {
  readonly default?: unknown;
  readonly [name: string]: unknown;
}

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);

/**
 * Imports a JavaScript or TypeScript file of the user's repository, on every supported version of Node.
 * Plain JavaScript costs nothing extra; the TypeScript loader is loaded when a file of the module needs it.
 *
 * @param root absolute path of the project root
 * @param path relative to the root
 * @throws {Error} of `repositoryPath`, or whatever importing threw (no such file, a syntax error, the module's own)
 */
export async function loadModule(root: string, path: string): Promise<LoadedModule> {
  const place = repositoryPath(root, path);
  const typed = moduleFiles(root, path).some((file) => TYPESCRIPT.has(extname(file)));
  const loaded: unknown = typed ? await importTyped(place) : await import(pathToFileURL(place).href);
  // CommonJS in a TypeScript file: `export = f`.
  return typeof loaded === "function" ? { default: loaded } : ((loaded ?? {}) as LoadedModule);
}

async function importTyped(place: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  // No file cache: it would be written to a directory that other users of the machine can write to.
  const own = ownPackage(place);
  const alias = own === undefined ? {} : { alias: { "git-evals": own } };
  return createJiti(place, { fsCache: false, interopDefault: false, ...alias }).import(place);
}

/** What stands for this package's `defineSuite` where the package is not installed beside a suite. */
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
