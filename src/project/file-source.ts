/** A file or folder in a folder. */
export interface FileEntry {
  /** Path relative to the project root, separated by `/`. */
  readonly path: string;
  /** Whether the entry is a folder. False for a symbolic link, even one to a folder: links are followed only when read. */
  readonly directory: boolean;
}

/** A file that is read in chunks; the caller must close it. */
export interface OpenBytes {
  /** Size of the file in bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  readAt(offset: number, length: number): Buffer;
  close(): void;
}

/**
 * The source of the project's files: the work tree or a commit. Every path is relative to the project root, separated
 * by `/`; `..` may lead up to the repository's root.
 */
export interface FileSource {
  /** Absolute path of the project root; absent for the files of a commit, whose code cannot be run. */
  readonly root?: string;
  /** Sorted entries of a folder; empty when it does not exist. @throws {EvalsError} when it cannot be read */
  list(folder: string, options?: { readonly recursive: boolean }): readonly FileEntry[];
  /**
   * The bytes of a file.
   *
   * @throws {EvalsError} for a missing file, a directory, a symlink loop, or missing permission
   */
  read(path: string): Buffer;
  /** Whether a file (not a directory) exists. A broken link does not exist; a link loop does, and reading it fails. */
  exists(path: string): boolean;
  /** Size of a file in bytes; undefined when it does not exist. */
  size(path: string): number | undefined;
  /** Opens a file to read it in chunks. @throws {EvalsError} like `read` */
  openBytes(path: string): OpenBytes;
  /** Whether the path is outside of the repository, so that a clone would not have it. */
  isOutside(path: string): boolean;
}
