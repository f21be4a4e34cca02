import type { Arm } from "../../baselines/arm.ts";
import { baselinePath } from "../../baselines/baseline-file.ts";
import { readTree } from "../../git/read-tree.ts";
import { readBlobs } from "../../git/tags.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { fileArm } from "../gating/file-arm.ts";
import { storedArm } from "../gating/stored-arm.ts";
import { isScoredFile } from "../project/find-run.ts";

/** One side of a comparison: a stored run, or a promoted baseline. */
export interface DiffSide {
  readonly suite: string;
  /** Alias of the model; null for the baseline of a suite with one model. */
  readonly alias: string | null;
  /** Null for a baseline, whose answers are not at hand. */
  readonly run: StoredRun | null;
  /** Where git has the files that it was made of; null when nobody knows. */
  readonly commit: string | null;
  /** Reads its trials. */
  arm(): Arm;
}

export function sideOfRun(store: Store, run: StoredRun): DiffSide {
  const { suite, alias, commit } = run.header;
  return { suite, alias, run, commit, arm: () => storedArm(store, run) };
}

/** @throws {EvalsError} for a broken file */
export function sideOfBaseline(text: string, path: string, where: string, commit: string): DiffSide {
  const { arm } = fileArm(text, path, where);
  const alias = path === baselinePath(arm.suite, null) ? null : aliasOf(path, arm.suite);
  return { suite: arm.suite, alias, run: null, commit, arm: () => arm };
}

function aliasOf(path: string, suite: string): string | null {
  const start = baselinePath(`${suite}.`, null).replace(/\.jsonl$/, "");
  return path.startsWith(start) ? path.slice(start.length).replace(/\.jsonl$/, "") : null;
}

/** Every promoted baseline that a commit holds. @throws {EvalsError} for a broken file */
export async function baselinesAt(root: string, commit: string, where: string): Promise<DiffSide[]> {
  const { prefix, entries } = await readTree(root, commit);
  const folder = `${prefix}evals/baselines/`;
  const files = [...entries].filter(
    ([path]) => path.startsWith(folder) && path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl"),
  );
  const blobs = await readBlobs(
    root,
    files.map(([, { id }]) => id),
  );
  return files.map(([path, { id }]) =>
    sideOfBaseline(blobs.get(id)?.toString("utf8") ?? "", path.slice(prefix.length), where, commit),
  );
}

/** Whole complete runs, the newest of each suite and model; the store lists runs newest first. */
export function newestSides(store: Store, fits: (run: StoredRun) => boolean): DiffSide[] {
  const first = new Map<string, StoredRun>();
  for (const run of store.runs({ status: ["complete", "stopped_early"] })) {
    const key = `${run.header.suite}\n${run.header.one_of_several ? run.header.alias : ""}`;
    if (first.has(key) || isScoredFile(run) || run.header.narrowing !== null) continue;
    if (fits(run)) first.set(key, run);
  }
  return [...first.values()].map((run) => sideOfRun(store, run));
}

/** Sides of one suite that another list does not have. */
export function besides(sides: readonly DiffSide[], have: readonly DiffSide[]): DiffSide[] {
  return sides.filter((one) => !have.some((other) => other.suite === one.suite));
}
