import { listRefs, remoteNames, resolveCommit } from "./repository.ts";

/** A commit named by the user. */
export interface NamedCommit {
  /** The name as written. */
  readonly word: string;
  readonly commit: string;
  /** Set if the name is also that of another ref, at another commit. */
  readonly ambiguity?: Ambiguity;
}

/** A name that several refs have: the one whose commit was taken, and one that was not. */
export interface Ambiguity {
  /** Null if no branch or tag was taken, but for instance a hash. */
  readonly taken: string | null;
  readonly other: string;
  readonly otherCommit: string;
}

/**
 * The commit that a name refers to: a ref, hash or tag of git; a promoted tag without its `evals/`; a branch that
 * only a remote has, as in a CI checkout. Null when no commit has this name.
 */
export async function findCommit(root: string, word: string): Promise<NamedCommit | null> {
  if (word === "" || word.startsWith("-")) return null;
  const first = await resolveCommit(root, word);
  if (first !== null) {
    const ambiguity = await ambiguityOf(root, word, first);
    return { word, commit: first, ...(ambiguity === null ? {} : { ambiguity }) };
  }
  const remotes = [...(await remoteNames(root))].sort(
    (a, b) => Number(b === "origin") - Number(a === "origin"),
  );
  const tag = `refs/tags/evals/${word}`;
  const tagged = await resolveCommit(root, tag);
  for (const remote of remotes) {
    const ref = `refs/remotes/${remote}/${word}`;
    const commit = await resolveCommit(root, ref);
    if (commit === null) continue;
    if (tagged === null) return { word, commit };
    if (tagged === commit) break;
    return { word, commit: tagged, ambiguity: { taken: tag, other: ref, otherCommit: commit } };
  }
  return tagged === null ? null : { word, commit: tagged };
}

/**
 * The tag or branch with the same name as the one whose commit was taken: git takes `v1` for the tag v1 first, then for
 * the branch, and a promotion may have made the tag evals/v1. Null when there is none, or all are one commit.
 */
async function ambiguityOf(root: string, word: string, commit: string): Promise<Ambiguity | null> {
  const [, name = "", ending = ""] = /^([^~^@]+)(.*)$/s.exec(word) ?? [];
  if (name === "" || name === "HEAD" || name.startsWith("refs/")) return null;
  const known = [`refs/tags/${name}`, `refs/heads/${name}`, `refs/tags/evals/${name}`];
  const there = new Set(await listRefs(root, ...known));
  const named: { readonly ref: string; readonly commit: string | null }[] = [];
  for (const ref of known)
    if (there.has(ref)) named.push({ ref, commit: await resolveCommit(root, `${ref}${ending}`) });
  const other = named.findLast((one) => one.commit !== null && one.commit !== commit);
  if (other === undefined || other.commit === null) return null;
  const taken = named.find((one) => one.commit === commit)?.ref ?? null;
  return { taken, other: other.ref, otherCommit: other.commit };
}

/** A sentence about a name that several refs have: which was taken, and how to name the other; null for any other name. */
export function ambiguityNote({ word, commit, ambiguity }: NamedCommit): string | null {
  if (ambiguity === undefined) return null;
  const { taken, other, otherCommit } = ambiguity;
  const ending = /[~^@].*$/s.exec(word)?.[0] ?? "";
  const name = (ref: string): string => `${ref.replace(/^refs\/(?:heads|tags|remotes)\//, "")}${ending}`;
  const kind = (ref: string): string =>
    /^refs\/(?:heads|remotes)\//.test(ref)
      ? "branch"
      : ref.startsWith("refs/tags/evals/")
        ? "promoted tag"
        : "tag";
  const is = taken === null ? "a commit" : `the ${kind(taken)} ${name(taken)}`;
  // Without `refs/heads/`, the name of the branch means the tag again.
  const typed = other.startsWith("refs/heads/") ? `${other}${ending}` : name(other);
  return `"${word}" is taken as ${is} (${commit.slice(0, 7)}). The ${kind(other)} ${name(other)} is another commit (${otherCommit.slice(0, 7)}): write ${typed} for it.`;
}

/** The names that `findCommit` knows for commits, each with the ending of `word`, such as `~2`. */
export async function commitNames(root: string, word: string): Promise<string[]> {
  const ending = /[~^@].*$/s.exec(word)?.[0] ?? "";
  const refs = await listRefs(root, "refs/heads/", "refs/tags/", "refs/remotes/");
  const names = refs.flatMap((ref) => {
    const name = ref.replace(/^refs\/(?:heads|tags|remotes)\//, "");
    return ref.startsWith("refs/heads/") ? [name] : [name, name.slice(name.indexOf("/") + 1)];
  });
  return [...new Set(["HEAD", ...names])].map((name) => `${name}${ending}`);
}
