import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { TreeFile } from "./change-journal.ts";
import { git } from "./git-process.ts";
import { lastWords, refused } from "./git-refusal.ts";
import { hashFiles } from "./hash-files.ts";

export type PlannedFiles = Readonly<Record<string, TreeFile | null>>;

const SUBMODULE = "160000";

/**
 * Writes files of an index into the work tree, each atomically by rename, with line ends, filters and modes as
 * in a checkout. Yields after each path.
 *
 * @param index absolute path of an index that contains `files`
 * @param staging a separate folder, emptied first
 */
export async function* placeFiles(
  top: string,
  files: PlannedFiles,
  { index, staging }: { readonly index: string; readonly staging: string },
): AsyncGenerator<string, void> {
  rmSync(staging, { recursive: true, force: true });
  const written = Object.entries(files).filter(([, file]) => file !== null && file.mode !== SUBMODULE);
  if (written.length > 0) {
    mkdirSync(staging, { recursive: true });
    const { code, err } = await git(
      top,
      ["checkout-index", "--force", "-z", "--stdin", `--prefix=${staging}/`],
      {
        input: written.map(([path]) => `${path}\0`).join(""),
        env: { GIT_INDEX_FILE: index },
      },
    );
    if (code !== 0)
      throw refused(
        lastWords(err, 1),
        "Fix what git complains about, then repeat the command. Nothing was changed.",
      );
  }
  for (const [path, file] of Object.entries(files)) {
    if (file !== null) continue;
    removeFile(top, path);
    yield `removed ${path}`;
  }
  for (const [path] of written) {
    moveInto(join(staging, path), join(top, path));
    yield `wrote ${path}`;
  }
}

/** Removes a file, and folders that become empty. */
export function removeFile(top: string, path: string): void {
  rmSync(join(top, path), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    try {
      rmdirSync(join(top, folder));
    } catch {
      return;
    }
  }
}

function moveInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    // The file is first copied into the target's folder: the git folder of a linked worktree may be on another disk,
    // and a rename works only within one disk.
    const near = `${to}.evals-new`;
    if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), near);
    else copyFileSync(from, near);
    renameSync(near, to);
  }
}

/** The paths whose files have the planned content; only these may be restored when the change is undone. */
export async function placedFiles(top: string, files: PlannedFiles): Promise<string[]> {
  const regular = Object.entries(files).flatMap(([path, file]) =>
    file !== null && /^100/.test(file.mode) && kindOf(join(top, path)) === "file" ? [path] : [],
  );
  const ids = await hashFiles(top, regular);
  return Object.entries(files).flatMap(([path, file]) => {
    const kind = kindOf(join(top, path));
    if (file === null) return kind === null ? [path] : [];
    if (file.mode === SUBMODULE) return [];
    if (file.mode === "120000") return kind === "link" ? [path] : [];
    return ids.get(path) === file.id ? [path] : [];
  });
}

function kindOf(place: string): "file" | "link" | "other" | null {
  try {
    const found = lstatSync(place);
    return found.isSymbolicLink() ? "link" : found.isFile() ? "file" : "other";
  } catch {
    return null;
  }
}
