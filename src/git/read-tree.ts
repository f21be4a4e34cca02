import { git, gitBytesNow, gitText } from "./git-process.ts";

/** A commit's entry at one path: a file, a symbolic link, or a submodule. */
export interface TreeEntry {
  readonly kind: "file" | "link" | "submodule";
  /** Object id of the entry's content. */
  readonly id: string;
}

/** All entries of a commit. Paths use `/` and are relative to the repository's root. */
export interface GitTree {
  /** Path of the project in its repository, ending with `/`; empty at the repository's root. */
  readonly prefix: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

const KINDS: Readonly<Record<string, TreeEntry["kind"]>> = { "120000": "link", "160000": "submodule" };

/** Lists a commit's whole tree with one git process. @param root the project root */
export async function readTree(root: string, commit: string): Promise<GitTree> {
  const [prefix, { out }] = await Promise.all([
    gitText(root, ["rev-parse", "--show-prefix"]),
    git(root, ["ls-tree", "-r", "-z", "--full-tree", commit]),
  ]);
  const entries = new Map<string, TreeEntry>();
  for (const line of out.split("\0")) {
    const [, mode = "", id = "", path] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
    if (path !== undefined) entries.set(path, { kind: KINDS[mode] ?? "file", id });
  }
  return { prefix: prefix ?? "", entries };
}

/**
 * Content of one file as in a checkout, with line ends and filters (LFS) applied.
 *
 * @param path relative to the repository's root
 * @returns null when git cannot provide the file
 */
export function readFileNow(root: string, commit: string, path: string): Buffer | null {
  return gitBytesNow(root, ["cat-file", "--filters", `${commit}:${path}`]);
}
