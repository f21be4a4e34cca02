import { git } from "./git-process.ts";

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

/** Newest first: every commit of HEAD's history that touched a baseline. */
export async function promotionHistory(root: string): Promise<PromotionEntry[]> {
  const format = ["%H", "%cI", "%an <%ae>", "%s", "%b"].join("%x1f");
  const log = await git(root, ["log", `--format=${format}%x1e`, "HEAD", "--", "evals/baselines"]);
  if (log.code !== 0) return [];
  const tags = await tagsByCommit(root);
  return log.out
    .split("\x1e")
    .map((text) => text.replace(/^\n/, "").split("\x1f"))
    .filter((fields) => fields.length >= 5)
    .map(([commit = "", at = "", who = "", subject = "", body = ""]) => ({
      commit,
      at,
      who,
      subject,
      body,
      tags: tags.get(commit) ?? [],
    }));
}

async function tagsByCommit(root: string): Promise<Map<string, { name: string; message: string }[]>> {
  const format = "%(objectname)%1f%(*objectname)%1f%(refname:short)%1f%(contents)%1e";
  const { out } = await git(root, ["for-each-ref", `--format=${format}`, "refs/tags/evals/"]);
  const tags = new Map<string, { name: string; message: string }[]>();
  for (const text of out.split("\x1e")) {
    const [own = "", target = "", name = "", message = ""] = text.replace(/^\n/, "").split("\x1f");
    if (name === "") continue;
    const commit = target === "" ? own : target;
    tags.set(commit, [...(tags.get(commit) ?? []), { name, message }]);
  }
  return tags;
}
