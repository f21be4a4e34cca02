import { listRefs, remoteNames, resolveCommit } from "./repository.ts";

/** A commit named by the user. */
export interface NamedCommit {
  /** The name as written. */
  readonly word: string;
  readonly commit: string;
}

/**
 * The commit that a name refers to: a ref, hash or tag of git; a promoted tag without its `evals/`; a branch that
 * only a remote has, as in a CI checkout. Null when no commit has this name.
 */
export async function findCommit(root: string, word: string): Promise<NamedCommit | null> {
  if (word === "" || word.startsWith("-")) return null;
  const first = await resolveCommit(root, word);
  if (first !== null) return { word, commit: first };
  const remotes = [...(await remoteNames(root))].sort(
    (a, b) => Number(b === "origin") - Number(a === "origin"),
  );
  for (const ref of [
    `refs/tags/evals/${word}`,
    ...remotes.map((remote) => `refs/remotes/${remote}/${word}`),
  ]) {
    const commit = await resolveCommit(root, ref);
    if (commit !== null) return { word, commit };
  }
  return null;
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
