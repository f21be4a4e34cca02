import { isDeepStrictEqual } from "node:util";
import { baselinePath } from "../../baselines/baseline-file.ts";
import type { Side } from "../../baselines/side.ts";
import type { Project } from "../../domain/project.ts";
import { namedVersion } from "../../domain/prompt.ts";
import { isScoredFile } from "../../domain/scored-file.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { readTree } from "../../git/read-tree.ts";
import { readBlobs, tagMessagesAt } from "../../git/tags.ts";
import { everyItem } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { readPromotion } from "../project/read-promotion.ts";
import { fileSide } from "./file-side.ts";
import { storedSide } from "./stored-side.ts";

/** Where a side of a comparison can be read from: a stored run, or a promoted baseline. */
export interface SideSource {
  readonly suite: string;
  /** Alias of the model; null for the baseline of a suite with one model. */
  readonly alias: string | null;
  /** Alias of the model that answered; null for a baseline of which nobody knows it. */
  readonly model: string | null;
  /** The suite lists several models, and this is one of them. */
  readonly several: boolean;
  /** Null for a baseline, whose answers are not at hand. */
  readonly run: StoredRun | null;
  /** Ids of the runs whose answers it is made of. */
  readonly madeOf: ReadonlySet<string>;
  /** Where git has the files that it was made of; null when nobody knows. */
  readonly commit: string | null;
  /** Reads its trials, at the first call. */
  read(): Side;
}

export function sourceOfRun(store: Store, run: StoredRun): SideSource {
  const { suite, alias, commit, one_of_several } = run.header;
  let side: Side | undefined;
  return {
    suite,
    alias,
    model: alias,
    several: one_of_several,
    run,
    madeOf: answersFrom(store, run),
    commit,
    read: () => {
      side ??= storedSide(store, run);
      return side;
    },
  };
}

/** The run itself; the runs that asked, where every one of its answers came from the cache. */
function answersFrom(store: Store, run: StoredRun): ReadonlySet<string> {
  const { no, header } = run;
  const { counts } = storedSummary(run);
  if (counts === undefined || counts.answered === 0 || counts.cached < counts.answered)
    return new Set([header.id]);
  const origins = new Set([...store.origins(no).values()].flat());
  return origins.size === 0 ? new Set([header.id]) : origins;
}

/**
 * @param more runs that its tags say it was made of: a line that did not move names an earlier one
 * @throws {EvalsError} for a broken file
 */
export function sourceOfBaseline(
  text: string,
  path: string,
  where: string,
  commit: string,
  more: readonly string[] = [],
): SideSource {
  const { side, baseline } = fileSide(text, path, where);
  const alias = path === baselinePath(side.suite, null) ? null : aliasOf(path, side.suite);
  const madeOf = new Set([...baseline.cases.flatMap((one) => one.runs), ...more]);
  const { suite } = side;
  return { suite, alias, model: alias, several: alias !== null, run: null, madeOf, commit, read: () => side };
}

/** Whether the same answers would stand on both sides. */
export function isSameAnswers(a: SideSource, b: SideSource): boolean {
  if (a.run !== null && b.run !== null && a.run.no === b.run.no) return true;
  if (a.run !== null && b.run !== null) return [...b.madeOf].every((id) => a.madeOf.has(id));
  if (a.run !== null || b.run !== null) return [...b.madeOf].some((id) => a.madeOf.has(id));
  return a.read().fingerprint === b.read().fingerprint && isDeepStrictEqual(a.madeOf, b.madeOf);
}

function aliasOf(path: string, suite: string): string | null {
  const start = baselinePath(`${suite}.`, null).replace(/\.jsonl$/, "");
  return path.startsWith(start) ? path.slice(start.length).replace(/\.jsonl$/, "") : null;
}

/**
 * Every promoted baseline that a commit holds.
 * @param plan names the model of a suite that has one
 * @throws {EvalsError} for a broken file
 */
export async function baselinesAt(
  root: string,
  commit: string,
  where: string,
  plan: readonly PlannedSuite[] | null = null,
): Promise<SideSource[]> {
  const [{ prefix, entries }, promoted] = await Promise.all([
    readTree(root, commit),
    runsOfTags(root, commit),
  ]);
  const folder = `${prefix}evals/baselines/`;
  const files = [...entries].filter(
    ([path]) => path.startsWith(folder) && path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl"),
  );
  const blobs = await readBlobs(
    root,
    files.map(([, { id }]) => id),
  );
  return files.map(([path, { id }]) => {
    const own = path.slice(prefix.length);
    const text = blobs.get(id)?.toString("utf8") ?? "";
    const side = sourceOfBaseline(text, own, where, commit, promoted.get(own) ?? []);
    const planned = plan?.find((one) => one.suite === side.suite && !one.several);
    return side.alias !== null || planned === undefined
      ? side
      : { ...side, model: planned.aliases[0] ?? null };
  });
}

/** What the promoted tags on a commit say that its baselines were made of, by path. */
async function runsOfTags(root: string, commit: string): Promise<ReadonlyMap<string, string[]>> {
  const runs = new Map<string, string[]>();
  for (const message of await tagMessagesAt(root, commit)) {
    for (const { suite, alias, run } of readPromotion(message).suites) {
      const path = baselinePath(suite, alias);
      runs.set(path, [...(runs.get(path) ?? []), run]);
    }
  }
  return runs;
}

/** What a commit's files say is run: the models of a suite, and its prompt. */
export interface PlannedSuite {
  readonly suite: string;
  readonly several: boolean;
  readonly aliases: readonly string[];
  /** `support@1.2.0`; null without one. */
  readonly prompt: string | null;
}

export function plannedSuites({ suites }: Pick<Project, "suites">): PlannedSuite[] {
  return suites.map(({ name, suite, models, prompt }) => {
    const version = namedVersion(prompt);
    return {
      suite: name,
      several: suite.models !== undefined,
      aliases: models.map((one) => one.alias),
      prompt: version === null ? null : `${version.name}@${version.version}`,
    };
  });
}

/** Whether a run is of what is planned, and not of another model or prompt that the command line named. */
export function isPlanned({ header }: Pick<StoredRun, "header">, plan: readonly PlannedSuite[]): boolean {
  const { suite, alias, prompt, one_of_several } = header;
  const asked = prompt === null ? null : `${prompt.name}@${prompt.version}`;
  return plan.some(
    (one) =>
      one.suite === suite &&
      one.several === one_of_several &&
      one.aliases.includes(alias) &&
      one.prompt === asked,
  );
}

/** Whole complete runs, the newest of each suite and model; the store lists runs newest first. */
export async function newestSides(
  store: Store,
  fits: (run: Pick<StoredRun, "header">) => boolean,
): Promise<SideSource[]> {
  const { read } = store;
  const first = new Map<string, StoredRun>();
  for await (const run of everyItem((page) => read.runs({ status: ["complete", "stopped_early"] }, page))) {
    const key = `${run.header.suite}\n${run.header.alias}`;
    if (first.has(key) || isScoredFile(run) || run.header.narrowing !== null || !fits(run)) continue;
    const whole = await read.run(run.no);
    if (whole !== undefined) first.set(key, whole);
  }
  return [...first.values()].map((run) => sourceOfRun(store, run));
}

/** Sides of a suite and model that another list does not have. */
export function besides(sides: readonly SideSource[], have: readonly SideSource[]): SideSource[] {
  return sides.filter(
    (one) =>
      !have.some((other) => other.suite === one.suite && (one.model === null || other.model === one.model)),
  );
}
