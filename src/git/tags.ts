import { git, gitBytes, gitText } from "./git-process.ts";
import { resolveCommit } from "./repository.ts";

/** A promotion as its tag tells it. */
export interface PromotedTag {
  /** `evals/v1`. */
  readonly name: string;
  readonly commit: string;
  /** The annotation, whole. */
  readonly message: string;
}

/** The tag that a word means: `v1`, `evals/v1`; null when there is none. */
export async function findTag(root: string, word: string): Promise<PromotedTag | null> {
  for (const name of [`evals/${word}`, word]) {
    const commit = await resolveCommit(root, `refs/tags/${name}`);
    if (commit === null) continue;
    const message = await gitText(root, ["for-each-ref", "--format=%(contents)", `refs/tags/${name}`]);
    return { name, commit, message: message ?? "" };
  }
  return null;
}

/** Blobs of a commit below some paths, by path relative to `root`. */
export async function filesAt(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  if (paths.length === 0) return files;
  const { out } = await git(root, ["ls-tree", "-r", "-z", commit, "--", ...paths]);
  for (const entry of out.split("\0")) {
    const match = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(entry);
    if (match?.[1] !== undefined && match[2] !== undefined) files.set(match[2], match[1]);
  }
  return files;
}

/** Contents of many blobs through one git process, as a checkout would write them. */
export async function readBlobs(root: string, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return blobs;
  const bytes = await gitBytes(root, ["cat-file", "--batch"], `${wanted.join("\n")}\n`);
  if (bytes === null) return blobs;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const [id = "", , size = "0"] = bytes.toString("utf8", at, end).split(" ");
    const length = Number(size);
    blobs.set(id, bytes.subarray(end + 1, end + 1 + length));
    at = end + 1 + length + 1;
  }
  return blobs;
}
