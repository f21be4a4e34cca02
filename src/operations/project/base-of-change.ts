import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type BaseBranch, baseRefs } from "../../baselines/base-branch.ts";
import type { ChangeBuild } from "../../baselines/change-build.ts";
import { mayBeChange } from "../../baselines/ci-variables.ts";
import { findGitFolder } from "../../git/git-folder.ts";
import { remoteNames, resolveCommit } from "../../git/repository.ts";
import type { Environment } from "../environment.ts";

/** The base branch of the change that CI builds, if it builds one, and whether this clone has the branch. */
export type BaseOfChange =
  /** No change is built: this is a local run, or CI builds a push. */
  | { readonly kind: "none" }
  /** The base branch is in this clone, as `ref`. */
  | { readonly kind: "seen"; readonly name: string; readonly ref: string }
  /** The base branch is not in this clone. */
  | { readonly kind: "unseen"; readonly base: BaseBranch; readonly remotes: readonly string[] }
  | Extract<ChangeBuild, { kind: "unknown" }>;

export async function baseOfChange(root: string, io: Pick<Environment, "env">): Promise<BaseOfChange> {
  const build = await buildHere(root, io);
  if (build.kind !== "into") return build;
  const { base } = build;
  const remotes = await remoteNames(root);
  for (const ref of baseRefs(base, remotes))
    if ((await resolveCommit(root, ref)) !== null) return { kind: "seen", name: base.name, ref };
  return { kind: "unseen", base, remotes };
}

async function buildHere(root: string, { env }: Pick<Environment, "env">): Promise<ChangeBuild> {
  if (!mayBeChange(env)) return { kind: "none" };
  const { changeBuildOf } = await import("../../baselines/change-build.ts");
  const git = findGitFolder(root);
  const top = git !== null && basename(git) === ".git" ? dirname(git) : root;
  return changeBuildOf(env, (path) => {
    const place = resolve(top, path);
    return existsSync(place) && statSync(place).isFile() ? readFileSync(place, "utf8") : null;
  });
}
