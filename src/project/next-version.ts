import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Bump } from "../domain/prompt-change.ts";

/** A new version of a prompt, and the version that it is copied from. */
export interface NextVersion {
  readonly from: string;
  readonly version: string;
}

export interface NextVersionInput {
  readonly name: string;
  /** Versions with a file in the work tree. */
  readonly here: readonly string[];
  /** Versions that were ever published. */
  readonly published: readonly string[];
  readonly bump: Bump;
}

/**
 * The version that follows the newest version in the work tree, by the bump.
 *
 * @throws {EvalsError} EVALS_PROMPT_VERSION_TAKEN when it was published before, because a version's text never
 * changes
 */
export async function nextVersion({ name, here, published, bump }: NextVersionInput): Promise<NextVersion> {
  const [{ default: sort }, { default: increase }, { default: lte }] = await Promise.all([
    import("semver/functions/rsort.js"),
    import("semver/functions/inc.js"),
    import("semver/functions/lte.js"),
  ]);
  const [from = "0.0.0"] = sort([...here]);
  const version = increase(from, bump) ?? from;
  if (!published.includes(version) && !here.includes(version)) return { from, version };
  const later = published.filter((one) => !lte(one, from));
  let free = version;
  while (published.includes(free) || here.includes(free)) free = increase(free, bump) ?? free;
  throw new EvalsError(taken({ name, version, from, free, later: sort(later) }));
}

interface Taken {
  readonly name: string;
  readonly version: string;
  readonly from: string;
  readonly free: string;
  readonly later: readonly string[];
}

function taken({ name, version, from, free, later }: Taken): Problem {
  const folder = `prompts/${name}`;
  return {
    code: "EVALS_PROMPT_VERSION_TAKEN",
    what: `Version ${version} of prompt "${name}" is taken: it was published, and is not in this work tree.`,
    why: `A published version means the same text for ever. Published after ${from}: ${later.join(", ")}.`,
    fix: `git log --all --oneline -- ${folder}/${version}.md tells where; or go on from here: cp ${folder}/${from}.md ${folder}/${free}.md`,
  };
}
