import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { sha256 } from "../domain/json.ts";
import { isFile } from "./is-file.ts";
import { fromRoot, repositoryPath } from "./repository-path.ts";

/**
 * `from "./x"`, `import "./x"`, `import("./x")`, `require("./x")`. A regular expression, not a parser: one that stands in
 * a comment costs a file too many in the hash, which is harmless; none is missed unless its name is computed.
 */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])(\.\.?\/[^"'`\n]+)\1/g;

const CODE = new Set([".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]);
const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json"];
/** TypeScript's habit: `./x.js` may mean `./x.ts`. */
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
 * A module and every file of the repository that it imports, directly or through others, by relative imports.
 * Packages are not in it: the lock file is what pins them.
 *
 * @param root absolute path of the project root
 * @param path of the module, relative to the root
 * @returns paths relative to the root with `/`: the module itself first, the others sorted
 * @throws {Error} when the module is not there, or when it or an import leaves the git repository
 */
export function moduleFiles(root: string, path: string): string[] {
  const first = repositoryPath(root, path);
  const seen = new Set([first]);
  for (const file of seen) for (const target of importsOf(root, file)) seen.add(target);
  seen.delete(first);
  return [fromRoot(root, first), ...[...seen].map((file) => fromRoot(root, file)).sort()];
}

/**
 * What each file says, for a fingerprint.
 * Line ends are made alike first: a checkout on Windows may hold CRLF where git holds LF.
 *
 * @param files relative to the root
 * @returns path to 64 hexadecimal digits
 */
export function fileHashes(root: string, files: readonly string[]): { readonly [path: string]: string } {
  return Object.fromEntries(
    files.map((file) => [file, sha256(readFileSync(resolve(root, file), "utf8").replaceAll("\r\n", "\n"))]),
  );
}
