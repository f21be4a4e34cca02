import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import { commitFiles, finishInterrupted } from "../../git/commit-files.ts";
import { changedPaths, listRefs } from "../../git/repository.ts";
import { filesAt, findTag, type PromotedTag, readBlobs } from "../../git/tags.ts";
import { plural } from "../../reports/format-numbers.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate, openProject } from "../open-project.ts";
import { closeRuns, prepareRuns } from "../prepare-runs.ts";
import { readPromotion } from "../read-promotion.ts";

/** What a promotion always covers; scorers, schemas and modules elsewhere are named in its tag. */
const COVERED = ["evalconfig.yaml", "evals", "datasets", "prompts", "judges"] as const;

interface RollbackOptions {
  readonly directory?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `evals rollback <tag>`: all that a promotion covered comes back together, in one commit, and is proved by fingerprint. */
export async function rollbackCommand(raw: Record<string, unknown>, word: string, io: Io): Promise<number> {
  const options = raw as RollbackOptions;
  const { root } = locate(io, options.directory);
  if (options.dryRun !== true) await finishInterrupted(root);
  const tag = await findTag(root, word);
  if (tag === null) throw await unknownTag(root, word);
  const promotion = readPromotion(tag.message);
  const paths = [...new Set([...COVERED, ...promotion.files])];
  const dirty = await changedPaths(root, paths);
  if (dirty.length > 0) throw uncommitted(dirty);
  const changes = await changesTo(root, tag, paths);
  if (options.dryRun === true) {
    io.stdout(options.json === true ? jsonOf(tag, changes, null, []) : dryText(tag, changes));
    return EXIT.ok;
  }
  const commit =
    changes.size === 0
      ? null
      : await commitFiles(root, { files: changes, message: `Roll back to ${tag.name}\n`, tag: null });
  const proofs = await prove(io, options.directory, promotion.suites);
  if (options.json === true) io.stdout(jsonOf(tag, changes, commit, proofs));
  else io.stdout(textOf(tag, changes, commit, proofs));
  return proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
}

/** Files that differ between HEAD and the tag, with the content they had there; null for those it did not have. */
async function changesTo(
  root: string,
  tag: PromotedTag,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Buffer | null>> {
  const [then, now] = await Promise.all([filesAt(root, tag.commit, paths), filesAt(root, "HEAD", paths)]);
  const back = [...then].filter(([path, id]) => now.get(path) !== id);
  const blobs = await readBlobs(
    root,
    back.map(([, id]) => id),
  );
  const changes = new Map<string, Buffer | null>();
  for (const [path, id] of back) changes.set(path, blobs.get(id) ?? Buffer.alloc(0));
  for (const path of now.keys()) if (!then.has(path)) changes.set(path, null);
  return changes;
}

interface Proof {
  readonly suite: string;
  readonly promoted: string;
  readonly now: string;
  readonly equal: boolean;
}

/** Plans every promoted suite from what stands in the work tree now and holds its fingerprint against the tag's. */
async function prove(
  io: Io,
  directory: string | undefined,
  suites: readonly { readonly suite: string; readonly alias: string | null; readonly fingerprint: string }[],
): Promise<Proof[]> {
  if (suites.length === 0) return [];
  const project = await openProject(io, { directory, suites: [...new Set(suites.map((one) => one.suite))] });
  const proofs: Proof[] = [];
  for (const { suite, alias, fingerprint } of suites) {
    const loaded = project.suites.filter((one) => one.name === suite);
    const keys = [...project.models.values()].flatMap((model) => model.provider.keys?.(model.settings) ?? []);
    const env = { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env };
    const prepared = await prepareRuns({ ...project, env }, loaded, { narrowing: null }, (one) =>
      alias === null ? one.models : one.models.filter((model) => model.alias === alias),
    );
    const now = prepared[0]?.plan.fingerprint ?? "";
    await closeRuns(prepared);
    proofs.push({
      suite: alias === null ? suite : `${suite} (${alias})`,
      promoted: fingerprint,
      now,
      equal: now === fingerprint,
    });
  }
  return proofs;
}

function dryText(tag: PromotedTag, changes: ReadonlyMap<string, Buffer | null>): string {
  if (changes.size === 0) return `Everything stands as ${tag.name} had it; nothing would change.\n`;
  const lines = [...changes].map(
    ([path, content]) => `  ${content === null ? "remove " : "restore"}  ${path}`,
  );
  return `Rolling back to ${tag.name} would change ${plural(changes.size, "file")}:\n${lines.join("\n")}\nnothing was written\n`;
}

function textOf(
  tag: PromotedTag,
  changes: ReadonlyMap<string, Buffer | null>,
  commit: string | null,
  proofs: readonly Proof[],
): string {
  const removed = [...changes.values()].filter((content) => content === null).length;
  const done =
    commit === null
      ? `Everything stood as ${tag.name} had it; nothing was changed.`
      : `Rolled back to ${tag.name}: ${plural(changes.size - removed, "file")} restored, ${removed} removed   commit ${commit.slice(0, 7)}`;
  const lines = proofs.map((one) =>
    one.equal
      ? `  ${one.suite}  fingerprint ${one.now.slice(0, 12)} equals the promoted one: proved`
      : `  ${one.suite}  fingerprint ${one.now.slice(0, 12)} is not the promoted ${one.promoted.slice(0, 12)}`,
  );
  const undo = commit === null ? [] : ["  to undo: git revert HEAD"];
  return `${[done, ...lines, ...undo].join("\n")}\n`;
}

function jsonOf(
  tag: PromotedTag,
  changes: ReadonlyMap<string, Buffer | null>,
  commit: string | null,
  proofs: readonly Proof[],
): string {
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
