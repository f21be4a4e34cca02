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
 * Imports a JavaScript or TypeScript file of the user's repository, on every supported Node version. Plain
 * JavaScript has no overhead; the TypeScript loader is loaded only when needed.
 *
 * @param root absolute path of the project root
 * @param path relative to the root
 * @throws {Error} the error of `repositoryPath`, or an import error: there is no such file, it has a syntax error,
 * or its code threw
 */
export async function loadModule(root: string, path: string): Promise<LoadedModule> {
  const place = repositoryPath(root, path);
  const typed = moduleFiles(root, path).some((file) => TYPESCRIPT.has(extname(file)));
  const loaded: unknown = typed ? await importTyped(place) : await import(pathToFileURL(place).href);
  // In TypeScript, `export = f` compiles to a CommonJS module whose only export is the function `f` itself.
  return typeof loaded === "function" ? { default: loaded } : ((loaded ?? {}) as LoadedModule);
}

async function importTyped(place: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  // No file cache: other users of the machine may be able to write to its directory, and so change the code.
  const own = ownPackage(place);
  const alias = own === undefined ? {} : { alias: { "git-evals": own } };
  return createJiti(place, { fsCache: false, interopDefault: false, ...alias }).import(place);
}

/**
 * The file of this package that exports `defineSuite`, for a user's project in which the package is not
 * installed. Undefined when the project has the package.
 */
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
