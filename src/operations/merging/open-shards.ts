import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promptWord, type TargetFacts, targetKey } from "../../domain/listed-target.ts";
import { everyItem } from "../../domain/pages.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { isUnfinished, type RunHeader } from "../../domain/run.ts";
import type { ListedRun } from "../../store/reads.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { openHistoryFile } from "../project/stored-history.ts";

/** One part of a run in another machine's store. */
export interface Shard {
  /** The path of the store, as the user typed it. */
  readonly source: string;
  readonly store: Store;
  readonly run: ListedRun;
  /** Number of the part, from 1. */
  readonly part: number;
  /** Number of parts of the whole run. */
  readonly parts: number;
}

/** The shards in copies of other stores. The original stores are never written. */
export interface OpenShards {
  readonly shards: readonly Shard[];
  close(): void;
}

const HISTORY = /^history(?:-\d+)?\.db(?:-wal)?$/;

/**
 * Opens copies of other stores and lists the newest run of each shard in them.
 *
 * @param sources folders with a store (`.evals`, or a project's), or store files
 * @throws {EvalsError} EVALS_MERGE_SOURCE for each source without a store, or whose store has no shard
 */
export async function openShards(sources: readonly string[], environment: Environment): Promise<OpenShards> {
  const opened: { store: Store; root: string }[] = [];
  const close = (): void => {
    for (const { store } of opened) store.close();
    for (const { root } of opened) rmSync(root, { recursive: true, force: true });
  };
  const problems: Problem[] = [];
  const shards: Shard[] = [];
  try {
    for (const source of sources) {
      const files = historyFiles(resolve(environment.cwd, source));
      if (files.length === 0) {
        problems.push(noHistory(source));
        continue;
      }
      const root = copied(files);
      const store = await openHistoryFile(root, environment);
      opened.push({ store, root });
      const found = await newestShards(store, source);
      if (found.length === 0) problems.push(noShard(source));
      shards.push(...found);
    }
    if (problems.length > 0) throw new EvalsError(problems);
    return { shards, close };
  } catch (error) {
    close();
    throw error;
  }
}

function historyFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory())
    return [path, `${path}-wal`].filter((file) => HISTORY.test(basename(file)) && existsSync(file));
  const inside = filesIn(path);
  return inside.length > 0 ? inside : filesIn(join(path, ".evals"));
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder).flatMap((name) => (HISTORY.test(name) ? [join(folder, name)] : []));
}

/** Copies the files of a store. @returns absolute path of a temporary project root that has the copy */
function copied(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), "evals-merge-"));
  mkdirSync(join(root, ".evals"));
  for (const file of files) copyFileSync(file, join(root, ".evals", basename(file)));
  return root;
}

async function newestShards(store: Store, source: string): Promise<Shard[]> {
  const newest = new Map<string, Shard>();
  for await (const run of everyItem((page) => store.read.runs({}, page))) {
    const { shard } = run.header.narrowing ?? { shard: null };
    if (shard === null) continue;
    const [part = 0, parts = 0] = shard.split("/").map(Number);
    const key = `${targetKey(run.header)} ${run.header.target} ${shard}`;
    if (!newest.has(key)) newest.set(key, { source, store, run, part, parts });
  }
  return [...newest.values()];
}

/** Whether a shard's run has not ended; its process may still be running. */
export function isUnfinishedShard({ run }: Shard): boolean {
  return isUnfinished(run.status);
}

/** The name of the run that a shard is part of: `triage (small)`. */
export function runOf({
  suite,
  alias,
  prompt,
  one_of_prompts,
}: TargetFacts & Pick<RunHeader, "suite">): string {
  const parts = [...(one_of_prompts === true && prompt !== null ? [promptWord(prompt)] : []), alias];
  return `${suite} (${parts.join(", ")})`;
}

function noHistory(source: string): Problem {
  return {
    code: "EVALS_MERGE_SOURCE",
    what: `There is no history in ${source}.`,
    why: "A merge combines histories that `evals run --shard` has written on other machines.",
    fix: `Name a copy of the folder \`.evals\` of a machine that ran a shard, or of the file history-<number>.db in it.`,
  };
}

function noShard(source: string): Problem {
  return {
    code: "EVALS_MERGE_SOURCE",
    what: `The history in ${source} contains no run of a shard.`,
    why: "Only parts of one run can be merged; a complete run needs no merge.",
    fix: "Run the part with `evals run --shard 1/3` and name the history that it wrote.",
  };
}
