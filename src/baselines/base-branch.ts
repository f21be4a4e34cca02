/** A CI build of a change that is to be merged: into which branch, and who says so. */
export interface BaseBranch {
  /** `main`, or a full ref. */
  readonly name: string;
  /** Name of the variable. */
  readonly variable: string;
}

/** Refs that may hold the tip of the base branch in this clone, best first. */
export function baseRefs({ name, variable }: BaseBranch, remotes: readonly string[]): string[] {
  const sorted = [...remotes].sort((a, b) => Number(b === "origin") - Number(a === "origin"));
  return [
    ...(name.startsWith("refs/") ? [name] : []),
    ...sorted.map((remote) => `refs/remotes/${remote}/${name}`),
    ...sorted.filter((remote) => name.startsWith(`${remote}/`)).map(() => `refs/remotes/${name}`),
    // Without a remote the local branch is the branch.
    ...(remotes.length === 0 && variable !== "EVALS_BASE_REF" ? [`refs/heads/${name}`] : []),
    // Our own variable may name any commit; a CI's names a branch, and a local one of that name may be old.
    ...(variable === "EVALS_BASE_REF" ? [name] : []),
  ];
}

/** What makes the base branch visible in a shallow checkout. */
export function fetchCommand({ name }: BaseBranch, remotes: readonly string[]): string {
  const remote = remotes.includes("origin") ? "origin" : (remotes[0] ?? "origin");
  return `git fetch --depth=1 ${remote} ${name}:refs/remotes/${remote}/${name}`;
}
