import { git, gitText } from "./git-process.ts";

/** A commit that promoted a baseline or rolled back to one, with its tags. */
export interface PromotionEntry {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  readonly who: string;
  readonly subject: string;
  readonly body: string;
  readonly tags: readonly { readonly name: string; readonly message: string }[];
  /** Whether the commit is a merge whose baselines differ from those of each parent. */
  readonly merge: boolean;
  /** Baselines that the commit changed. */
  readonly files: readonly ChangedBaseline[];
}

/** A baseline file that a commit changed, with its object ids before and after; null where the file does not exist. */
export interface ChangedBaseline {
  /** Relative to the project root. */
  readonly path: string;
  /** Object id in the first parent. */
  readonly before: string | null;
  readonly after: string | null;
}

const FOLDER = "evals/baselines";

/** Every commit of HEAD's history that changed a baseline, and every rollback, newest first. */
export async function promotionHistory(root: string): Promise<PromotionEntry[]> {
  const [touched, merged, rollbacks, tags, files, mergedFiles] = await Promise.all([
    commits(root, ["--full-history", "--no-merges", "HEAD", "--", FOLDER]),
    commits(root, ["--full-history", "--merges", "HEAD", "--", FOLDER]),
    // A rollback of only prompts does not change the baselines.
    commits(root, ["--no-merges", "--extended-regexp", "--grep=^Evals-Rollback: ", "HEAD", "--", "."]),
    tagsByCommit(root),
    filesByCommit(root, ["--no-merges"]),
    // `-c` lists the files that differ from each of the merge's parents: those that the merge itself changed.
    filesByCommit(root, ["--merges", "-c"]),
  ]);
  const made = merged.filter(({ commit }) => mergedFiles.has(commit));
  const merges = new Set(made.map(({ commit }) => commit));
  const all = new Map([...touched, ...made, ...rollbacks].map((entry) => [entry.commit, entry]));
  const order = new Map((await orderOf(root, [...all.keys()])).map((commit, index) => [commit, index]));
  return [...all.values()]
    .sort((a, b) => (order.get(a.commit) ?? 0) - (order.get(b.commit) ?? 0))
    .map((entry) => ({
      ...entry,
      tags: tags.get(entry.commit) ?? [],
      merge: merges.has(entry.commit),
      files: files.get(entry.commit) ?? mergedFiles.get(entry.commit) ?? [],
    }));
}

const isBaseline = (path: string): boolean => path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl");

/** The baselines that each commit changed, from one walk over history. */
async function filesByCommit(
  root: string,
  which: readonly string[],
): Promise<ReadonlyMap<string, readonly ChangedBaseline[]>> {
  const prefix = (await gitText(root, ["rev-parse", "--show-prefix"])) ?? "";
  const shape = ["-z", "--format=%x01%H", "--raw", "--no-abbrev", "--no-renames", "--root", "--full-history"];
  const { out } = await git(root, ["log", ...shape, ...which, "HEAD", "--", FOLDER]);
  const files = new Map<string, ChangedBaseline[]>();
  let commit = "";
  const parts = out.split("\0");
  for (let at = 0; at < parts.length; at++) {
    const part = (parts[at] ?? "").trim();
    if (part.startsWith("\u0001")) commit = part.slice(1).trim();
    else if (part.startsWith(":")) {
      const ids = part.split(" ").filter((word) => /^[0-9a-f]{40,64}$/.test(word));
      const path = (parts[++at] ?? "").slice(prefix.length);
      if (!isBaseline(path)) continue;
      const change = { path, before: idOf(ids[0]), after: idOf(ids.at(-1)) };
      files.set(commit, [...(files.get(commit) ?? []), change]);
    }
  }
  return files;
}

const idOf = (id: string | undefined): string | null => (id === undefined || /^0+$/.test(id) ? null : id);

/** The commits, newest first: each stands before its parents, also when both were made in the same second. */
async function orderOf(root: string, ids: readonly string[]): Promise<string[]> {
  const wanted = new Set(ids);
  const { out } = await git(root, ["rev-list", "--topo-order", "HEAD"]);
  return out.split("\n").filter((id) => wanted.has(id));
}

async function commits(
  root: string,
  args: readonly string[],
): Promise<Omit<PromotionEntry, "tags" | "merge" | "files">[]> {
  // A commit message may contain any character but NUL. The fields before the message contain no line feed.
  const format = ["%H", "%cI", "%an <%ae>", "%s", "%b"].join("%n");
  const { code, out } = await git(root, ["log", "-z", `--format=${format}`, ...args]);
  if (code !== 0) return [];
  return out
    .split("\0")
    .filter((text) => text !== "")
    .map((text) => {
      const [commit = "", at = "", who = "", subject = "", ...body] = text.split("\n");
      return { commit, at, who, subject, body: body.join("\n") };
    });
}

async function tagsByCommit(root: string): Promise<Map<string, { name: string; message: string }[]>> {
  const format = "%(objectname)%00%(*objectname)%00%(refname:lstrip=2)%00%(contents)%00";
  const { out } = await git(root, ["for-each-ref", `--format=${format}`, "refs/tags/evals/"]);
  const fields = out.split("\0");
  const tags = new Map<string, { name: string; message: string }[]>();
  for (let at = 0; at + 4 <= fields.length; at += 4) {
    const [own = "", target = "", name = "", message = ""] = fields.slice(at, at + 4);
    const commit = target === "" ? own.trim() : target;
    tags.set(commit, [...(tags.get(commit) ?? []), { name, message }]);
  }
  return tags;
}

/** Paths that a commit changed compared with its first parent, relative to the repository's top. */
export async function changedInCommit(top: string, commit: string): Promise<string[]> {
  const shape = ["-r", "-z", "-m", "--root", "--first-parent", "--no-commit-id", "--name-only"];
  const { out } = await git(top, ["diff-tree", ...shape, commit]);
  return out.split("\0").filter((path) => path !== "");
}
