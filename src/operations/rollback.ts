import { didYouMean } from "../domain/did-you-mean.ts";
import { listedTargetOf } from "../domain/listed-target.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Rollback, RollbackProof } from "../domain/rollback.ts";
import type { TreeFile } from "../git/change-journal.ts";
import { commitFiles } from "../git/commit-files.ts";
import { changedPaths, listRefs } from "../git/repository.ts";
import { requireRepository } from "../git/require-repository.ts";
import { updateSubmodules } from "../git/submodules.ts";
import { filesAt, findTag, type PromotedTag } from "../git/tags.ts";
import type { Environment } from "./environment.ts";
import { locate, openProject } from "./project/open-project.ts";
import { type ReadPromotion, readPromotion } from "./project/read-promotion.ts";
import { refuseTagOfOtherProject } from "./project/tag-project.ts";
import { movedSuites } from "./promoting/tag-truth.ts";
import { closeRuns, prepareRuns } from "./running/prepare-runs.ts";

/** Files and folders that every promotion covers. Files outside of them, such as scorers, are named by the tag. */
const COVERED = ["evalconfig.yaml", "evals", "datasets", "prompts", "judges"] as const;

export interface RollbackInput {
  readonly directory?: string | undefined;
  /** Name of a promotion's tag, with or without `evals/`. */
  readonly tag: string;
  /** The reason, for the commit. */
  readonly message?: string | undefined;
  /** Whether to only report what would change, and change nothing. */
  readonly dryRun?: boolean | undefined;
}

/** The new content of each file by its path; null when the file is removed. */
type Changes = ReadonlyMap<string, TreeFile | null>;

/**
 * Restores everything that a promotion covered, in one commit. Fingerprints verify that the restored suites are those
 * that were promoted.
 *
 * @throws {EvalsError} for a tag that is not a promotion's or was moved, and when there are uncommitted changes
 */
export async function rollback(io: Environment, input: RollbackInput): Promise<Rollback> {
  const { root } = locate(io, input.directory);
  await requireRepository(root);
  const tag = await findTag(root, input.tag);
  if (tag === null) throw await unknownTag(root, input.tag);
  await refuseTagOfOtherProject(root, tag);
  const promotion = readPromotion(tag.message);
  await refuseUntrueTag(root, tag, promotion);
  const paths = [...new Set([...COVERED, ...promotion.files])];
  const dirty = await changedPaths(root, paths);
  if (dirty.length > 0) throw uncommitted(dirty);
  const changes = await changesTo(root, tag, paths);
  const changed = {
    tag: tag.name,
    restored: [...changes].filter(([, file]) => file !== null).map(([path]) => path),
    removed: [...changes].filter(([, file]) => file === null).map(([path]) => path),
  };
  if (input.dryRun === true) return { ...changed, commit: null, proofs: [], dry: true };
  const message = commitMessage(tag, input.message);
  const commit = changes.size === 0 ? null : await commitFiles(root, { files: changes, message, tag: null });
  await updateSubmodules(root, changes);
  const proofs = await prove(io, input.directory, promotion.suites);
  return { ...changed, commit, proofs, dry: false };
}

/** The message of the rollback's commit. `evals log` recognizes such a commit by the last line. */
function commitMessage({ name }: PromotedTag, why: string | undefined): string {
  return [
    `Roll back to ${name}`,
    "",
    ...(why === undefined ? [] : [why, ""]),
    `Evals-Rollback: ${name}`,
  ].join("\n");
}

/**
 * Refuses a tag that is not a promotion's, because its files could not be verified. Also refuses a tag that was
 * moved: otherwise its files would fail the verification only after they were restored.
 */
async function refuseUntrueTag(root: string, tag: PromotedTag, promotion: ReadPromotion): Promise<void> {
  if (promotion.suites.length === 0) {
    throw new EvalsError({
      code: "EVALS_TAG_NOT_PROMOTED",
      what: `The tag ${tag.name} was not made by \`evals promote\`.`,
      why: "The tag names no fingerprints, so the restored files could not be verified.",
      fix: `\`evals log\` lists promotions; \`git checkout ${tag.name} -- <files>\` restores files without verifying them`,
    });
  }
  const moved = await movedSuites(root, tag, promotion);
  if (moved.length === 0) return;
  throw new EvalsError({
    code: "EVALS_TAG_MOVED",
    what: `The tag ${tag.name} was moved: its commit does not contain the baseline of ${moved.join(", ")} that its message names.`,
    why: "A rollback to this tag would not restore what was promoted under its name.",
    fix: `\`git fetch origin --tags --force\` brings back the remote's tag; \`git log --oneline -- evals/baselines\` finds the commit`,
  });
}

/**
 * The files that differ between HEAD and the tag, with their content at the tag; null for a file that the tag
 * does not have.
 */
async function changesTo(root: string, tag: PromotedTag, paths: readonly string[]): Promise<Changes> {
  const [then, now] = await Promise.all([filesAt(root, tag.commit, paths), filesAt(root, "HEAD", paths)]);
  const changes = new Map<string, TreeFile | null>();
  for (const [path, file] of then) {
    const present = now.get(path);
    if (present?.id !== file.id || present.mode !== file.mode) changes.set(path, file);
  }
  for (const path of now.keys()) if (!then.has(path)) changes.set(path, null);
  return changes;
}

/** Plans every promoted suite from the current work tree and compares its fingerprint with the tag's. */
async function prove(
  io: Environment,
  directory: string | undefined,
  suites: ReadPromotion["suites"],
): Promise<RollbackProof[]> {
  const proofs: RollbackProof[] = [];
  for (const { suite, alias: target, fingerprint: promoted } of suites) {
    const name = target === null ? suite : `${suite} (${target})`;
    try {
      const now = await fingerprintNow(io, directory, suite, target);
      proofs.push({ suite: name, promoted, now, equal: now === promoted });
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      proofs.push({ suite: name, promoted, now: null, equal: false, said: error.problems[0]?.what ?? "" });
    }
  }
  return proofs;
}

async function fingerprintNow(
  io: Environment,
  directory: string | undefined,
  suite: string,
  target: string | null,
) {
  const project = await openProject(io, { directory, suites: [suite] });
  const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
  const env = { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env };
  const prepared = await prepareRuns({ ...project, env }, project.suites, { narrowing: null }, (one) =>
    target === null ? one.models : one.models.filter((model) => listedTargetOf(one, model) === target),
  );
  await closeRuns(prepared);
  return prepared[0]?.plan.fingerprint ?? null;
}

async function unknownTag(root: string, word: string): Promise<EvalsError> {
  const names = (await listRefs(root, "refs/tags/evals/")).map((ref) => ref.replace("refs/tags/evals/", ""));
  return new EvalsError({
    code: "EVALS_TAG_UNKNOWN",
    what: `There is no promoted tag "${word}".${didYouMean(word, names)}`,
    why: "A rollback restores what was promoted under a name.",
    fix:
      names.length === 0
        ? "`evals promote --as <name>` makes a promoted tag"
        : `One of: ${names.slice(0, 10).join(", ")}`,
  });
}

function uncommitted(paths: readonly string[]): EvalsError {
  return new EvalsError({
    code: "EVALS_ROLLBACK_UNCOMMITTED",
    what: `${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more files` : ""} ${paths.length === 1 ? "has" : "have"} changes that are not committed.`,
    why: "A rollback would overwrite these changes.",
    fix: "git stash, or commit the changes",
  });
}
