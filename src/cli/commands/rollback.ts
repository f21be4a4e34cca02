import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { TreeFile } from "../../git/change-journal.ts";
import { commitFiles } from "../../git/commit-files.ts";
import { changedPaths, listRefs } from "../../git/repository.ts";
import { requireRepository } from "../../git/require-repository.ts";
import { updateSubmodules } from "../../git/submodules.ts";
import { filesAt, findTag, type PromotedTag } from "../../git/tags.ts";
import { locate, openProject } from "../../operations/project/open-project.ts";
import { type ReadPromotion, readPromotion } from "../../operations/project/read-promotion.ts";
import { refuseTagOfOtherProject } from "../../operations/project/tag-project.ts";
import { movedSuites } from "../../operations/promoting/tag-truth.ts";
import { closeRuns, prepareRuns } from "../../operations/running/prepare-runs.ts";
import { plural } from "../../reports/format-numbers.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** What a promotion always covers; scorers, schemas and modules elsewhere are named in its tag. */
const COVERED = ["evalconfig.yaml", "evals", "datasets", "prompts", "judges"] as const;

interface RollbackOptions {
  readonly directory?: string;
  readonly message?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What each file becomes; null is removed. */
type Changes = ReadonlyMap<string, TreeFile | null>;

/** `evals rollback <tag>`: all that a promotion covered comes back together, in one commit, and is proved by fingerprint. */
export async function rollbackCommand(raw: Record<string, unknown>, word: string, io: Io): Promise<number> {
  const options = raw as RollbackOptions;
  const { root } = locate(io, options.directory);
  await requireRepository(root);
  const tag = await findTag(root, word);
  if (tag === null) throw await unknownTag(root, word);
  await refuseTagOfOtherProject(root, tag);
  const promotion = readPromotion(tag.message);
  await refuseUntrueTag(root, tag, promotion);
  const paths = [...new Set([...COVERED, ...promotion.files])];
  const dirty = await changedPaths(root, paths);
  if (dirty.length > 0) throw uncommitted(dirty);
  const changes = await changesTo(root, tag, paths);
  if (options.dryRun === true) {
    io.stdout(options.json === true ? jsonOf(tag, changes, null, []) : dryText(tag, changes));
    return EXIT.ok;
  }
  const message = commitMessage(tag, options.message);
  const commit = changes.size === 0 ? null : await commitFiles(root, { files: changes, message, tag: null });
  await updateSubmodules(root, changes);
  const proofs = await prove(io, options.directory, promotion.suites);
  if (options.json === true) io.stdout(jsonOf(tag, changes, commit, proofs));
  else io.stdout(textOf(tag, changes, commit, proofs));
  return proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
}

/** The last line is what `evals log` finds it by. */
function commitMessage({ name }: PromotedTag, why: string | undefined): string {
  return [
    `Roll back to ${name}`,
    "",
    ...(why === undefined ? [] : [why, ""]),
    `Evals-Rollback: ${name}`,
  ].join("\n");
}

/** A tag that is no promotion's could not be proved, and one that was moved would be proved wrong too late. */
async function refuseUntrueTag(root: string, tag: PromotedTag, promotion: ReadPromotion): Promise<void> {
  if (promotion.suites.length === 0) {
    throw new EvalsError({
      code: "EVALS_TAG_NOT_PROMOTED",
      what: `The tag ${tag.name} was not made by evals promote.`,
      why: "It says nothing of fingerprints, so nobody could prove what it restores.",
      fix: `evals log lists promotions; git checkout ${tag.name} -- <files> restores files without proof`,
    });
  }
  const moved = await movedSuites(root, tag, promotion);
  if (moved.length === 0) return;
  throw new EvalsError({
    code: "EVALS_TAG_MOVED",
    what: `The tag ${tag.name} was moved: the commit it stands on does not hold the baseline of ${moved.join(", ")} that its message promises.`,
    why: "What it would restore is not what was promoted.",
    fix: `git fetch origin --tags --force brings back the remote's tag; git log --oneline -- evals/baselines finds the commit`,
  });
}

/** Files that differ between HEAD and the tag, as they were there; null for those it did not have. */
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

interface Proof {
  readonly suite: string;
  readonly promoted: string;
  /** Null when it cannot be computed. */
  readonly now: string | null;
  readonly equal: boolean;
  /** Why it cannot be computed. */
  readonly said?: string;
}

/** Plans every promoted suite from what stands in the work tree now and holds its fingerprint against the tag's. */
async function prove(
  io: Io,
  directory: string | undefined,
  suites: ReadPromotion["suites"],
): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const { suite, alias, fingerprint: promoted } of suites) {
    const name = alias === null ? suite : `${suite} (${alias})`;
    try {
      const now = await fingerprintNow(io, directory, suite, alias);
      proofs.push({ suite: name, promoted, now, equal: now === promoted });
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      proofs.push({ suite: name, promoted, now: null, equal: false, said: error.problems[0]?.what ?? "" });
    }
  }
  return proofs;
}

async function fingerprintNow(io: Io, directory: string | undefined, suite: string, alias: string | null) {
  const project = await openProject(io, { directory, suites: [suite] });
  const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
  const env = { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env };
  const prepared = await prepareRuns({ ...project, env }, project.suites, { narrowing: null }, (one) =>
    alias === null ? one.models : one.models.filter((model) => model.alias === alias),
  );
  await closeRuns(prepared);
  return prepared[0]?.plan.fingerprint ?? null;
}

function dryText(tag: PromotedTag, changes: Changes): string {
  if (changes.size === 0) return `Everything stands as ${tag.name} had it; nothing would change.\n`;
  const lines = [...changes].map(
    ([path, content]) => `  ${content === null ? "remove " : "restore"}  ${plainLine(path)}`,
  );
  return `Rolling back to ${tag.name} would change ${plural(changes.size, "file")}:\n${lines.join("\n")}\nnothing was written\n`;
}

function textOf(tag: PromotedTag, changes: Changes, commit: string | null, proofs: readonly Proof[]): string {
  const removed = [...changes.values()].filter((content) => content === null).length;
  const done =
    commit === null
      ? `Everything stood as ${tag.name} had it; nothing was changed.`
      : `Rolled back to ${tag.name}: ${plural(changes.size - removed, "file")} restored, ${removed} removed   commit ${commit.slice(0, 7)}`;
  const lines = proofs.map((one) => `  ${one.suite}  ${proofText(one)}`);
  const undo = commit === null ? [] : ["  to undo: git revert HEAD"];
  return `${[done, ...lines, ...undo].join("\n")}\n`;
}

function proofText({ equal, now, promoted, said }: Proof): string {
  if (now === null) return `not proved: ${plainLine(said ?? "")}`;
  if (equal) return `fingerprint ${now.slice(0, 12)} equals the promoted one: proved`;
  return `not proved: fingerprint ${now.slice(0, 12)} is not the promoted ${promoted.slice(0, 12)}`;
}

function jsonOf(tag: PromotedTag, changes: Changes, commit: string | null, proofs: readonly Proof[]): string {
  const exit = proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
  const restored = [...changes].filter(([, content]) => content !== null).map(([path]) => path);
  const removed = [...changes].filter(([, content]) => content === null).map(([path]) => path);
  return `${JSON.stringify({ schema: "evals.rollback/1", exit, tag: tag.name, commit, restored, removed, proofs }, null, 2)}\n`;
}

async function unknownTag(root: string, word: string): Promise<EvalsError> {
  const names = (await listRefs(root, "refs/tags/evals/")).map((ref) => ref.replace("refs/tags/evals/", ""));
  return new EvalsError({
    code: "EVALS_TAG_UNKNOWN",
    what: `There is no promoted tag "${word}".${didYouMean(word, names)}`,
    why: "A rollback goes to what was promoted under a name.",
    fix:
      names.length === 0 ? "evals promote --as <name> makes one" : `One of: ${names.slice(0, 10).join(", ")}`,
  });
}

function uncommitted(paths: readonly string[]): EvalsError {
  return new EvalsError({
    code: "EVALS_ROLLBACK_UNCOMMITTED",
    what: `${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more files` : ""} ${paths.length === 1 ? "has" : "have"} changes that are not committed.`,
    why: "A rollback would overwrite them.",
    fix: "git stash, or commit them",
  });
}
