import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { ImportedFile } from "../../interchange/imported.ts";
import { foundAt } from "../../modules/is-file.ts";
import { unwritableReason } from "../../project/unwritable-reason.ts";

/** A file to write. */
export interface NewFile extends ImportedFile {
  /** Whether this file replaces an existing file. */
  readonly replaces?: boolean;
}

/** The result of comparing the files of an import with the files on disk. */
export interface Compared {
  /** Files that do not exist yet. */
  readonly fresh: readonly ImportedFile[];
  /** Paths of existing files with the same bytes. */
  readonly unchanged: readonly string[];
  /** One problem for each existing file that has other bytes. */
  readonly problems: readonly Problem[];
}

/**
 * Compares the files of an import with the files on disk. If a file exists, all chunks of its new text are read.
 *
 * @param root absolute; paths are relative to it
 * @param show formats a path for messages
 */
export async function compareWithDisk(
  root: string,
  files: readonly ImportedFile[],
  show: (path: string) => string,
): Promise<Compared> {
  const fresh: ImportedFile[] = [];
  const unchanged: string[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const found = foundAt(join(root, file.path));
    if (found === undefined) fresh.push(file);
    else if (
      found.isFile() &&
      (await hashOf(file.text)) === (await hashOf(createReadStream(join(root, file.path))))
    )
      unchanged.push(file.path);
    else problems.push(alreadyThere(show(file.path)));
  }
  return { fresh, unchanged, problems };
}

/**
 * Reads all chunks and writes nothing. A dry run needs this, because an importer counts while its chunks are read.
 */
export async function readToEnd(files: readonly ImportedFile[]): Promise<void> {
  for (const { text } of files) if (typeof text !== "string") for await (const _ of text);
}

async function hashOf(text: string | AsyncIterable<string | Buffer>): Promise<string> {
  const hash = createHash("sha256");
  if (typeof text === "string") hash.update(text);
  else for await (const piece of text) hash.update(piece);
  return hash.digest("hex");
}

/**
 * Writes all files or none. Each file is first written under another name beside its final path; then all are
 * renamed.
 *
 * @param root absolute; created if needed
 * @throws {EvalsError} EVALS_IMPORT_UNWRITABLE
 */
export async function writeFiles(root: string, files: readonly NewFile[]): Promise<void> {
  const made: string[] = [];
  const drafts: { readonly draft: string; readonly place: string; readonly replaces: boolean }[] = [];
  const undo = (): void => {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
  };
  try {
    for (const file of files) {
      const place = join(root, file.path);
      const folder = mkdirSync(dirname(place), { recursive: true });
      if (folder !== undefined) made.push(folder);
      const draft = `${place}.importing`;
      made.push(draft);
      await writeDraft(draft, file.text);
      drafts.push({ draft, place, replaces: file.replaces === true });
    }
    for (const { draft, place, replaces } of drafts) {
      if (!replaces && existsSync(place)) throw new EvalsError(alreadyThere(place));
      renameSync(draft, place);
      if (!replaces) made.push(place);
    }
  } catch (error) {
    undo();
    if (error instanceof EvalsError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw unwritable(error);
  }
}

async function writeDraft(draft: string, text: ImportedFile["text"]): Promise<void> {
  if (typeof text === "string") {
    writeFileSync(draft, text);
    return;
  }
  const handle = await open(draft, "w");
  try {
    for await (const piece of text) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}

function alreadyThere(path: string): Problem {
  return {
    code: "EVALS_IMPORT_EXISTS",
    path,
    what: "This file exists already, and the import would write other contents.",
    why: "An import never overwrites a file, because someone may have edited the file.",
    fix: "Import under another name (--name <name>) or into another folder (--out <dir>), and compare the two files.",
  };
}

function unwritable(cause: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_IMPORT_UNWRITABLE",
      path: (cause as NodeJS.ErrnoException).path?.replace(/\.importing$/, ""),
      what: `This file cannot be written: ${unwritableReason(cause)}.`,
      why: "The files of an import belong together, so none of them was written.",
      fix: "Remove the cause, or import into a folder that can be written: --out <dir>",
    },
    { cause },
  );
}
