import type { Problem } from "../domain/problem.ts";
import type { TreeFile } from "./change-journal.ts";
import { git, gitBytes, gitText } from "./git-process.ts";
import { lastWords, refused } from "./git-refusal.ts";
import { resolveCommit } from "./repository.ts";

/** The tag of a promotion. */
export interface PromotedTag {
  /** For instance `evals/v1`. */
  readonly name: string;
  readonly commit: string;
  /** The complete annotation. */
  readonly message: string;
}

/** The tag for `v1` or `evals/v1`; null when there is no such tag. */
export async function findTag(root: string, word: string): Promise<PromotedTag | null> {
  for (const name of [`evals/${word}`, word]) {
    const commit = await resolveCommit(root, `refs/tags/${name}`);
    if (commit === null) continue;
    const message = await gitText(root, ["for-each-ref", "--format=%(contents)", `refs/tags/${name}`]);
    return { name, commit, message: message ?? "" };
  }
  return null;
}

/** Messages of the promoted tags on a commit. */
export async function tagMessagesAt(root: string, commit: string): Promise<string[]> {
  const format = "%(contents)%00";
  const { out } = await git(root, [
    "for-each-ref",
    `--format=${format}`,
    `--points-at=${commit}`,
    "refs/tags/evals/",
  ]);
  return out.split("\0").filter((text) => text.trim() !== "");
}

export function tagTaken(name: string): Problem {
  return {
    code: "EVALS_TAG_EXISTS",
    what: `The tag ${name} exists.`,
    why: "The name of a promotion must always mean the same promotion.",
    fix: `Choose another name with --as. \`git show ${name}\` shows what this tag names.`,
  };
}

export async function tagExists(root: string, name: string): Promise<boolean> {
  return (await gitText(root, ["rev-parse", "--verify", "--quiet", `refs/tags/${name}`])) !== null;
}

/**
 * Creates an annotated tag on a commit; does nothing if the commit has this tag already.
 *
 * @throws {EvalsError} EVALS_GIT_REFUSED with git's message: another tag has the name, or signing failed
 */
export async function makeTag(
  root: string,
  { name, message }: { readonly name: string; readonly message: string },
  commit: string,
): Promise<void> {
  const args = ["tag", "--annotate", "--cleanup=verbatim", "-F", "-", name, commit];
  const { code, err } = await git(root, args, { input: message });
  if (code === 0 || (await resolveCommit(root, `refs/tags/${name}`)) === commit) return;
  throw refused(
    `git did not make the tag ${name}: ${lastWords(err)}`,
    "Fix what git complains about, then repeat the command. Nothing was changed.",
  );
}

/** Whether git accepts the name for a tag. */
export async function isTagName(root: string, name: string): Promise<boolean> {
  return (await git(root, ["check-ref-format", `refs/tags/${name}`])).code === 0;
}

/** Files, links and submodules of a commit below some paths, by path relative to `root`. */
export async function filesAt(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, TreeFile>> {
  const files = new Map<string, TreeFile>();
  if (paths.length === 0) return files;
  const { out } = await git(root, ["ls-tree", "-r", "-z", commit, "--", ...paths]);
  for (const entry of out.split("\0")) {
    const [, mode = "", id = "", path] = /^(\d+) (?:blob|commit) ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
    if (path !== undefined) files.set(path, { mode, id });
  }
  return files;
}

/** Contents of many blobs from one git process, as in a checkout. */
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
