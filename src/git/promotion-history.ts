import { git, gitText } from "./git-process.ts";

/** A commit that promoted a baseline or rolled back to one, with the tags on it. */
export interface PromotionEntry {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  readonly who: string;
  readonly subject: string;
  readonly body: string;
  readonly tags: readonly { readonly name: string; readonly message: string }[];
}

/** Newest first: every commit of HEAD's history that touched a baseline, and every rollback. */
export async function promotionHistory(root: string): Promise<PromotionEntry[]> {
  const [touched, rollbacks, tags] = await Promise.all([
    commits(root, ["--full-history", "--no-merges", "HEAD", "--", "evals/baselines"]),
    // A rollback of prompts alone leaves the baselines as they are.
    commits(root, ["--no-merges", "--extended-regexp", "--grep=^Evals-Rollback: ", "HEAD", "--", "."]),
    tagsByCommit(root),
  ]);
  const all = new Map([...touched, ...rollbacks].map((entry) => [entry.commit, entry]));
  const order = new Map((await orderOf(root, [...all.keys()])).map((commit, place) => [commit, place]));
  return [...all.values()]
    .sort((a, b) => (order.get(a.commit) ?? 0) - (order.get(b.commit) ?? 0))
    .map((entry) => ({ ...entry, tags: tags.get(entry.commit) ?? [] }));
}

/** The commits in history's own order, newest first; two of one second stand as their parents say. */
async function orderOf(root: string, ids: readonly string[]): Promise<string[]> {
  const wanted = new Set(ids);
  const { out } = await git(root, ["rev-list", "--topo-order", "HEAD"]);
  return out.split("\n").filter((id) => wanted.has(id));
}

/** History ends where a shallow clone was cut. */
export async function isShallow(root: string): Promise<boolean> {
  return (await gitText(root, ["rev-parse", "--is-shallow-repository"])) === "true";
}

async function commits(root: string, args: readonly string[]): Promise<Omit<PromotionEntry, "tags">[]> {
  // A message may hold any character but NUL; the fields before it hold no line feed.
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
