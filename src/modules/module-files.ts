import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { sha256 } from "../domain/json.ts";
import { isFile } from "./is-file.ts";
import { fromRoot, repositoryPath } from "./repository-path.ts";

/**
 * Matches `from "./x"`, `import "./x"`, `import("./x")` and `require("./x")`. A regular expression is good
 * enough: a match in a comment only adds a file to the hash, and only imports with a computed name are missed.
 */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])(\.\.?\/(?:(?!\1)[^\n])+)\1/g;

const CODE = new Set([".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]);
const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json"];
/** Maps the file ending in an import to the ending of the source file: in TypeScript, `./x.js` may mean `./x.ts`. */
const COMPILED: Readonly<Record<string, string>> = {
  ".js": ".ts",
  ".mjs": ".mts",
  ".cjs": ".cts",
  ".jsx": ".tsx",
};

function resolveImport(path: string): string | undefined {
  const ending = extname(path);
  const compiled = COMPILED[ending];
  const guesses = [
    path,
    ...(compiled === undefined ? [] : [path.slice(0, -ending.length) + compiled]),
    ...ENDINGS.map((e) => path + e),
    ...ENDINGS.map((e) => resolve(path, `index${e}`)),
  ];
  return guesses.find(isFile);
}

function importsOf(root: string, file: string): string[] {
  if (!CODE.has(extname(file))) return [];
  const found: string[] = [];
  for (const match of readFileSync(file, "utf8").matchAll(RELATIVE_IMPORT)) {
    const target = resolveImport(resolve(dirname(file), match[2] ?? ""));
    if (target !== undefined) found.push(repositoryPath(root, target));
  }
  return found;
}

/**
 * A module and every repository file that it imports by relative paths, directly or indirectly. Packages are not
 * included; the lock file pins them.
 *
 * @param root absolute path of the project root
 * @param path of the module, relative to the root
 * @returns paths relative to the root with `/`: the module itself first, the others sorted
 * @throws {Error} when the module does not exist, or when it or an import is outside the git repository
 */
export function moduleFiles(root: string, path: string): string[] {
  const first = repositoryPath(root, path);
  const seen = new Set([first]);
  for (const file of seen) for (const target of importsOf(root, file)) seen.add(target);
  seen.delete(first);
  return [fromRoot(root, first), ...[...seen].map((file) => fromRoot(root, file)).sort()];
}

/**
 * Hashes of the files for a fingerprint. Line ends are normalized first, because a checkout on Windows may have CRLF
 * where git has LF.
 *
 * @param files relative to the root
 * @returns path to 64 hexadecimal digits
 */
export function fileHashes(root: string, files: readonly string[]): { readonly [path: string]: string } {
  return Object.fromEntries(
    files.map((file) => [file, sha256(readFileSync(resolve(root, file), "utf8").replaceAll("\r\n", "\n"))]),
  );
}
