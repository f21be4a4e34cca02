const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "a file is where its folder should be",
  ENOTDIR: "a file is where its folder should be",
  EISDIR: "it is a folder",
  EACCES: "not permitted",
  EPERM: "not permitted",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
};

/** Why the file system refused to write: `not permitted (EACCES)`. */
export function unwritableReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return `${REASONS[code] ?? "it failed"} (${code})`;
}
