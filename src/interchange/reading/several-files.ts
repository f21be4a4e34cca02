import { EvalsError } from "../../domain/problem.ts";
import type { ImportRequest, Left } from "../imported.ts";
import { fileName, nameOfPath } from "../writing/file-names.ts";
import { isLeft, type JsonItem, jsonItems } from "./json-items.ts";

/** The files of an import with patterns resolved; at least one. @throws {EvalsError} when there is none */
export function sourcePaths({ sources, files }: ImportRequest): readonly string[] {
  const paths = sources.flatMap((source) =>
    /[*?{[]/.test(source) && files.kind(source) === undefined ? files.glob(source) : [source],
  );
  if (paths.length > 0) return [...new Set(paths)];
  throw new EvalsError({
    code: "EVALS_IMPORT_NO_FILE",
    what: `There is no file ${sources.join(" ")}.`,
    why: "There is nothing to read.",
    fix: "Give the paths of the exported files, relative to the folder in which you are.",
  });
}

/** The name of the import: from the option, else from the first file. */
export function importName({ name, sources }: ImportRequest): string {
  return name === undefined ? nameOfPath(sources[0] ?? "imported") : fileName(name);
}

/** The items of all files in order. */
export function itemsOf(
  request: ImportRequest,
  keys: readonly string[],
): () => AsyncGenerator<JsonItem | Left> {
  const paths = sourcePaths(request);
  return async function* () {
    for (const path of paths) yield* jsonItems(request.files, path, keys);
  };
}

export { isLeft };
