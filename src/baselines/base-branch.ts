/** The base branch of a CI build (into which the built change will be merged), and the variable that names it. */
export interface BaseBranch {
  /** Name of the branch, such as `main`, or a full ref. */
  readonly name: string;
  /** Name of the environment variable. */
  readonly variable: string;
}

/** Refs of this clone that can point to the tip of the base branch, the most reliable ref first. */
export function baseRefs({ name, variable }: BaseBranch, remotes: readonly string[]): string[] {
  const sorted = [...remotes].sort((a, b) => Number(b === "origin") - Number(a === "origin"));
  return [
    ...(name.startsWith("refs/") ? [name] : []),
    ...sorted.map((remote) => `refs/remotes/${remote}/${name}`),
    ...sorted.filter((remote) => name.startsWith(`${remote}/`)).map(() => `refs/remotes/${name}`),
    // Without a remote, the local branch is used.
    ...(remotes.length === 0 && variable !== "EVALS_BASE_REF" ? [`refs/heads/${name}`] : []),
    // EVALS_BASE_REF may name any commit. CI variables name a branch, and a local branch of that name may be out of
    // date.
    ...(variable === "EVALS_BASE_REF" ? [name] : []),
  ];
}
