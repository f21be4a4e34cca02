/** One name in a folder. */
export interface FileEntry {
  /** Relative to the project root, with `/` between. */
  readonly path: string;
  /** A symbolic link is not followed here: it counts as a file until it is read. */
  readonly directory: boolean;
}

/** A file that is read in pieces; whoever opened it closes it. */
export interface OpenBytes {
  /** In bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  readAt(offset: number, length: number): Buffer;
  close(): void;
}

/**
 * Where the project's files are read from: the work tree or a commit. Every path is relative to the project root, with
 * `/` between; `..` may lead as far up as the repository's own root.
 */
export interface FileSource {
  /** Absolute path of the project root, where the files lie on the disk and code of theirs can be run. */
  readonly root?: string;
  /** Names in a folder, sorted; none when the folder does not exist. @throws {EvalsError} when it cannot be read */
  list(folder: string, options?: { readonly recursive: boolean }): readonly FileEntry[];
  /** @throws {EvalsError} for a missing file, a directory, a symlink loop, a file that may not be read */
  read(path: string): Buffer;
  /** A file (not a directory) that can be found. A link that leads nowhere does not exist; a loop does, and reading it fails. */
  exists(path: string): boolean;
  /** In bytes; undefined when it does not exist. */
  size(path: string): number | undefined;
  /** @throws {EvalsError} as `read` */
  openBytes(path: string): OpenBytes;
  /** Whether the path leaves the repository, so that a fresh clone would not have it. */
  isOutside(path: string): boolean;
}
