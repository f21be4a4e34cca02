import { baselinePath } from "../../baselines/baseline-file.ts";
import { EvalsError } from "../../domain/problem.ts";
import { changedInCommit } from "../../git/promotion-history.ts";
import { findRepository } from "../../git/require-repository.ts";
import type { PromotedTag } from "../../git/tags.ts";
import { filesAt } from "../../git/tags.ts";
import { readPromotion } from "./read-promotion.ts";

/**
 * If a promoted tag belongs to another project in this repository, the folder of that project; null when the tag
 * belongs to this project, or to none. A tag that an older version of evals made does not name its project. Then the
 * project is found by the baselines that the tag's commit changed.
 */
export async function otherProjectOf(
  root: string,
  { commit, message }: Pick<PromotedTag, "commit" | "message">,
): Promise<string | null> {
  const { suites, project } = readPromotion(message);
  if (suites.length === 0) return null;
  const repository = await findRepository(root);
  const own = (repository?.prefix ?? "").replace(/\/$/, "") || ".";
  if (project !== null) return project === own ? null : project;
  const changed = await changedInCommit(repository?.top ?? root, commit);
  const projects = new Set(changed.flatMap((path) => projectOf(path)));
  if (projects.has(own)) return null;
  const [other] = projects;
  if (other !== undefined) return other;
  // The commit changed no baseline, so any project with baselines of these names may have made the tag.
  const paths = suites.map(({ suite, alias }) => baselinePath(suite, alias));
  const here = await filesAt(root, commit, paths);
  if (here.size > 0) return null;
  const elsewhere = await filesAt(repository?.top ?? root, commit, ["."]);
  const holds = [...elsewhere.keys()].find((path) => paths.some((one) => path.endsWith(`/${one}`)));
  return holds === undefined ? null : (projectOf(holds)[0] ?? null);
}

/** The project folder of a baseline's path, relative to the repository's top; empty for another file. */
function projectOf(path: string): string[] {
  const found = /^(?:(.*)\/)?evals\/baselines\/[^/]+\.jsonl$/.exec(path);
  return found === null ? [] : [found[1] ?? "."];
}

/** Refuses a tag of another project in this repository. @throws {EvalsError} EVALS_TAG_OTHER_PROJECT */
export async function refuseTagOfOtherProject(root: string, tag: PromotedTag): Promise<void> {
  const other = await otherProjectOf(root, tag);
  if (other === null) return;
  const { top = root } = (await findRepository(root)) ?? {};
  throw new EvalsError({
    code: "EVALS_TAG_OTHER_PROJECT",
    what: `The tag ${tag.name} belongs to another project in this repository: ${other === "." ? "the one in its top folder" : other}.`,
    why: "The message of the tag is about that project's files; the tag promoted nothing in this project.",
    fix: `\`evals log\` lists what this project promoted; to work in the other project: -C ${JSON.stringify(other === "." ? top : `${top}/${other}`)}`,
  });
}
