/** How a branch is fetched into this clone. */
interface Fetched {
  /** What precedes the fetch: empty, or the command that names a remote, if there is none. */
  readonly before: string;
  readonly remote: string;
  /** Where the branch is on the remote, and where it goes in this clone; only the first for a commit. */
  readonly refspec: string;
}

/**
 * How to fetch a branch of a remote that this clone does not have. The branch may be written as the user or a CI system
 * wrote it: `main`, `origin/main`, `refs/heads/main`, `refs/remotes/origin/main`, or a whole hash.
 */
export function howToFetch(name: string, remotes: readonly string[]): Fetched {
  const short = name.replace(/^refs\/(?:remotes|heads)\//, "");
  const named = name.startsWith("refs/heads/")
    ? undefined
    : remotes.find((one) => short.startsWith(`${one}/`));
  const remote = named ?? (remotes.includes("origin") ? "origin" : (remotes[0] ?? "origin"));
  const branch = named === undefined ? short : short.slice(named.length + 1);
  return {
    before: remotes.length === 0 ? `git remote add ${remote} <address> && ` : "",
    remote,
    refspec: /^[0-9a-f]{40,64}$/.test(branch)
      ? branch
      : branch.startsWith("refs/")
        ? `${branch}:${branch}`
        : `${branch}:refs/remotes/${remote}/${branch}`,
  };
}

/**
 * The command that fetches a branch that this clone does not have. Only a shallow clone fetches a single commit: in a
 * whole one, `--depth` would cut off the history.
 */
export function fetchCommand(name: string, remotes: readonly string[], shallow: boolean): string {
  const { before, remote, refspec } = howToFetch(name, remotes);
  return `${before}git fetch ${shallow ? "--depth=1 " : ""}${remote} ${refspec}`;
}
