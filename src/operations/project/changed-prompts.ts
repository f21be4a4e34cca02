import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { findGitFolder, isShallow } from "../../git/git-folder.ts";
import { hashFiles } from "../../git/hash-files.ts";
import { publishedFiles } from "../../git/published-files.ts";
import { readTree } from "../../git/read-tree.ts";
import { readAtCommit, remoteDefaultBranch, remoteNames } from "../../git/repository.ts";
import { readBlobs } from "../../git/tags.ts";
import { changedVersionProblem, versionOfPath } from "../../project/prompt-versions.ts";
import { baseOfChange } from "./base-of-change.ts";

/** The repository's `publishedRefs`, listed on first use. */
type PublishedRefs = () => Promise<readonly string[]>;

const FOLDERS = ["prompts", "judges"] as const;

/** A problem for each version file in the work tree whose version was published with another text. */
export async function changedPrompts(
  root: string,
  env: Environment,
  refs?: PublishedRefs,
): Promise<Problem[]> {
  return changedAmong(
    { root, env, refs, textOf: async (path) => readFileSync(join(root, path), "utf8") },
    FOLDERS.flatMap((folder) => versionFiles(root, folder)),
    (known) => hashFiles(root, known),
  );
}

/** Like `changedPrompts`, but for the files of a commit instead of the work tree. */
export async function changedPromptsAt(
  root: string,
  env: Environment,
  commit: string,
  refs?: PublishedRefs,
): Promise<Problem[]> {
  const { prefix, entries } = await readTree(root, commit);
  const ids = new Map(
    [...entries]
      .filter(([path]) => path.startsWith(prefix) && versionOfPath(path.slice(prefix.length)) !== null)
      .map(([path, { id }]) => [path.slice(prefix.length), id]),
  );
  const textOf = async (path: string) => (await readAtCommit(root, commit, path)) ?? "";
  return changedAmong({ root, env, refs, textOf }, [...ids.keys()], async () => ids);
}

interface RefusalOptions {
  readonly refs: readonly string[];
  readonly commit: string | undefined;
}

interface Looking {
  readonly root: string;
  readonly env: Environment;
  readonly refs?: PublishedRefs | undefined;
  readonly textOf: (path: string) => Promise<string>;
}

async function changedAmong(
  { root, env, refs, textOf }: Looking,
  here: readonly string[],
  idsOf: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<Problem[]> {
  if (here.length === 0 || findGitFolder(root) === null) return [];
  const published = await publishedFiles(root, FOLDERS, await baseBranchRefs(root, env), refs?.());
  const known = here.filter((path) => published.has(path));
  if (known.length === 0) return [];
  const now = await idsOf(known);
  const all = [...new Set([...here, ...published.keys()])];
  const changed = known.filter((path) => published.get(path)?.has(now.get(path) ?? "") === false);
  return Promise.all(
    changed.map(async (path) => {
      const [newest = ""] = published.get(path) ?? [];
      const before = (await readBlobs(root, [newest])).get(newest)?.toString("utf8") ?? "";
      const line = firstDifference(before, await textOf(path));
      return changedVersionProblem({ path, line, published: newest, taken: takenBeside(path, all) });
    }),
  );
}

/**
 * A warning when this clone cannot know what was published, because its history is shallow or the relevant branch is
 * missing. No warning when no version could have been published.
 */
export async function unknownPublished(
  root: string,
  env: Environment,
  refs: PublishedRefs,
): Promise<Problem[]> {
  if (findGitFolder(root) === null || FOLDERS.every((folder) => versionFiles(root, folder).length === 0))
    return [];
  const shallow = isShallow(root);
  // If this clone has no ref of a remote, nothing was ever pushed from it or fetched into it.
  if (!shallow && !(await refs()).some((ref) => ref.startsWith("refs/remotes/"))) return [];
  const [remotes, branch, base] = await Promise.all([
    remoteNames(root),
    remoteDefaultBranch(root),
    baseOfChange(root, { env }),
  ]);
  const [remote] = [...remotes].sort((a, b) => Number(b === "origin") - Number(a === "origin"));
  const everyBranch = `--tags ${remote ?? "origin"} "+refs/heads/*:refs/remotes/${remote ?? "origin"}/*"`;
  if (shallow) {
    const before = remote === undefined ? "git remote add origin <address> && " : "";
    return [
      publishedUnknown(
        "This clone is shallow: its history is cut off",
        `${before}git fetch --unshallow ${everyBranch}        (in GitHub Actions: fetch-depth: 0 at actions/checkout)`,
      ),
    ];
  }
  if (remote === undefined) return [];
  if (base.kind === "unseen") {
    const { name } = base.base;
    const { howToFetch } = await import("../../baselines/fetch-command.ts");
    const { remote: from, refspec } = howToFetch(name, remotes);
    const fetch = `git fetch --tags ${from} ${refspec}`;
    return [publishedUnknown(`The branch "${name}" is not in this clone`, fetch)];
  }
  if (branch !== null || base.kind === "seen") return [];
  const fetch = `git fetch ${everyBranch} && git remote set-head ${remote} --auto`;
  return [publishedUnknown(`The default branch of "${remote}" is not in this clone`, fetch)];
}

function publishedUnknown(reason: string, fix: string): Problem {
  return {
    code: "EVALS_PUBLISHED_UNKNOWN",
    what: `${reason}, so it cannot be known which versions of prompts and judges are published.`,
    why: "In this clone, an edit of a published version would not be found.",
    fix,
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ref of the base branch that CI names; empty when CI names none, or this clone does not have the branch. It is
 * passed on because a shallow checkout does not know the remote's default branch.
 */
async function baseBranchRefs(root: string, env: Environment): Promise<string[]> {
  const base = await baseOfChange(root, { env });
  return base.kind === "seen" ? [base.ref] : [];
}

/** Number of the first line in which `after` differs from `before`, from 1. */
function firstDifference(before: string, after: string): number {
  const [was, is] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const at = is.findIndex((line, index) => line !== was[index]);
  return (at === -1 ? is.length - 1 : at) + 1;
}

/**
 * Refuses prompt and judge versions whose text was changed after they had been published.
 *
 * @param options.refs the repository's `publishedRefs`
 * @param options.commit checks the files of this commit instead of the work tree's
 * @throws {EvalsError} with every published version that was edited in place
 */
export async function refuseChangedPrompts(
  root: string,
  env: Environment,
  { refs: listed, commit }: RefusalOptions,
): Promise<void> {
  const refs = async () => listed;
  const problems = await (commit === undefined
    ? changedPrompts(root, env, refs)
    : changedPromptsAt(root, env, commit, refs));
  if (problems.length > 0) throw new EvalsError(problems);
}

function versionFiles(root: string, folder: string): string[] {
  const place = join(root, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => versionOfPath(path) !== null);
}

function takenBeside(path: string, all: readonly string[]): string[] {
  const own = versionOfPath(path);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return all.flatMap((other) => {
    const one = versionOfPath(other);
    return one !== null && own !== null && other.startsWith(folder) && one.name === own.name
      ? [one.version]
      : [];
  });
}
