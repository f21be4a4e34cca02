import { remoteNames, resolveCommit } from "./repository.ts";

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
