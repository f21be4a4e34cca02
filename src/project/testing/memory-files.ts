import { posix } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { directoryInstead, missingFile } from "../file-problems.ts";
import type { FileEntry, FileSource } from "../file-source.ts";

/**
 * A tiny repository in memory, for tests.
 * @param contents the text of each file, by its path relative to the project root, which is also the repository's root
 */
export function memoryFiles(contents: Readonly<Record<string, string | Buffer>>): FileSource {
  const bytes = new Map(
    Object.entries(contents).map(([path, text]) => [
      path,
      typeof text === "string" ? Buffer.from(text) : text,
    ]),
  );
  const read = (path: string): Buffer => {
    const clean = posix.normalize(path);
    const found = bytes.get(clean);
    if (found !== undefined) return found;
    const isFolder = [...bytes.keys()].some((key) => key.startsWith(`${clean}/`));
    throw new EvalsError(isFolder ? directoryInstead(path) : missingFile(path));
  };
  return {
    list: (folder, options) => listEntries([...bytes.keys()], folder, options?.recursive ?? false),
    read,
    exists: (path) => bytes.has(posix.normalize(path)),
    size: (path) => bytes.get(posix.normalize(path))?.length,
    openBytes: (path) => {
      const all = read(path);
      return {
        size: all.length,
        readAt: (offset, length) => all.subarray(offset, offset + length),
        close: () => {},
      };
    },
    isOutside: (path) => posix.normalize(path).startsWith(".."),
  };
}

function listEntries(paths: readonly string[], folder: string, recursive: boolean): FileEntry[] {
  const entries = new Map<string, FileEntry>();
  for (const path of paths) {
    if (!path.startsWith(`${folder}/`)) continue;
    const parts = path.slice(folder.length + 1).split("/");
    for (let depth = 1; depth <= (recursive ? parts.length : 1); depth++) {
      const name = `${folder}/${parts.slice(0, depth).join("/")}`;
      entries.set(name, { path: name, directory: depth < parts.length });
    }
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
