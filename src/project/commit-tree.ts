import { posix } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { type GitTree, readFileNow, readTree } from "../git/read-tree.ts";
import { readBlobs } from "../git/tags.ts";
import { directoryInstead, fileProblem, missingFile, notADirectory } from "./file-problems.ts";
import type { FileEntry, FileSource } from "./file-source.ts";

/** Matches the files that every command reads. One git process fetches them all, instead of one process for each. */
const READ_AT_ONCE = /^(?:evalconfig\.yaml|evals\/[^/]+\.ya?ml|(?:prompts|judges)\/.+)$/;
/** Maximum number of symbolic links that are followed for one path, as in Linux. */
const MAX_LINKS = 40;

/**
 * The files of a commit, without a checkout. Symbolic links are resolved within the commit. A link that leads out of
 * the commit counts as a path that does not exist.
 *
 * @param root absolute path of the project root
 */
export async function commitTree(root: string, commit: string): Promise<FileSource> {
  const tree = await readTree(root, commit);
  const { entries, prefix } = tree;
  const wanted = [...entries].filter(
    ([path, { kind }]) =>
      kind === "link" ||
      (kind === "file" && path.startsWith(prefix) && READ_AT_ONCE.test(path.slice(prefix.length))),
  );
  const blobs = await readBlobs(
    root,
    wanted.map(([, { id }]) => id),
  );
  const contents = new Map(wanted.map(([path, { id }]) => [path, blobs.get(id) ?? Buffer.alloc(0)]));
  const find = finder(tree, (path) => contents.get(path)?.toString("utf8") ?? "");

  const read = (path: string): Buffer => {
    const found = find(path);
    if (found.kind === "nothing") throw new EvalsError(missingFile(path));
    if (found.kind === "loop") throw new EvalsError(fileProblem(path, { code: "ELOOP" }));
    if (found.kind === "folder") throw new EvalsError(directoryInstead(path));
    const known = contents.get(found.path) ?? readFileNow(root, commit, found.path);
    if (known === null) throw new EvalsError(fileProblem(path, { code: "not in git's objects" }));
    contents.set(found.path, known);
    return known;
  };
  return {
    list: (folder, options) => listFolder(tree, find, folder, options?.recursive ?? false),
    read,
    exists: (path) => ["file", "loop"].includes(find(path).kind),
    size: (path) => {
      const { kind } = find(path);
      if (kind === "nothing" || kind === "loop") return undefined;
      return kind === "folder" ? 0 : read(path).length;
    },
    openBytes: (path) => {
      const bytes = read(path);
      return {
        size: bytes.length,
        readAt: (offset, length) => bytes.subarray(offset, offset + length),
        close: () => {},
      };
    },
    isOutside: (path) => posix.isAbsolute(path) || /^\.\.(?:\/|$)/.test(posix.join(prefix, path)),
  };
}

/** What is at a path of the commit, after symbolic links are followed. `path` is relative to the repository's root. */
type Found =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "loop" };
type Find = (path: string) => Found;

/** Resolves a path of the project step by step, following symbolic links. */
function finder({ entries, prefix }: GitTree, targetOf: (path: string) => string): Find {
  const folders = foldersOf(entries.keys());
  return (path) => {
    if (posix.isAbsolute(path)) return { kind: "nothing" };
    let left = posix.join(prefix, path).split("/");
    const here: string[] = [];
    let links = 0;
    while (left.length > 0) {
      const [name = "", ...rest] = left;
      left = rest;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (here.pop() === undefined) return { kind: "nothing" };
        continue;
      }
      const place = [...here, name].join("/");
      const entry = entries.get(place);
      if (entry === undefined || entry.kind === "submodule") {
        if (entry === undefined && !folders.has(place)) return { kind: "nothing" };
        here.push(name);
      } else if (entry.kind === "link") {
        const target = targetOf(place);
        if (posix.isAbsolute(target)) return { kind: "nothing" };
        if (++links > MAX_LINKS) return { kind: "loop" };
        left = [...target.split("/"), ...rest];
      } else {
        return rest.some((step) => step !== "") ? { kind: "nothing" } : { kind: "file", path: place };
      }
    }
    return { kind: "folder", path: here.join("/") };
  };
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function listFolder({ entries }: GitTree, find: Find, folder: string, recursive: boolean): FileEntry[] {
  const found = find(folder);
  if (found.kind === "file" || found.kind === "loop") throw new EvalsError(notADirectory(folder));
  if (found.kind === "nothing") return [];
  const start = found.path === "" ? "" : `${found.path}/`;
  const names = new Map<string, FileEntry>();
  for (const [path, { kind }] of entries) {
    if (!path.startsWith(start)) continue;
    const steps = path.slice(start.length).split("/");
    for (let depth = 1; depth <= (recursive ? steps.length : 1); depth++) {
      const name = `${folder}/${steps.slice(0, depth).join("/")}`;
      names.set(name, { path: name, directory: depth < steps.length || kind === "submodule" });
    }
  }
  return [...names.values()].sort((a, b) => byName(a.path, b.path));
}

/** Orders paths by name so that a folder comes before its contents, as in a directory walk. */
function byName(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] ?? "") < (right[i] ?? "") ? -1 : 1;
  }
  return left.length - right.length;
}
