import { isDeepStrictEqual } from "node:util";
import { baselinePath } from "../../baselines/baseline-file.ts";
import { comparedTarget } from "../../baselines/gate-run.ts";
import type { Side } from "../../baselines/side.ts";
import { isAside } from "../../domain/aside-run.ts";
import { listedTarget, promptWord, targetKey } from "../../domain/listed-target.ts";
import { everyItem } from "../../domain/pages.ts";
import type { Project } from "../../domain/project.ts";
import { namedVersion } from "../../domain/prompt.ts";
import { isMadeElsewhere } from "../../domain/recorded-provider.ts";
import type { Comparison } from "../../domain/report.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { readTree } from "../../git/read-tree.ts";
import { readBlobs, tagMessagesAt } from "../../git/tags.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { readPromotion } from "../project/read-promotion.ts";
import { fileSide } from "./file-side.ts";
import { storedSide } from "./stored-side.ts";

/** A source of a comparison's side: a stored run, or a promoted baseline. */
export interface SideSource {
  readonly suite: string;
  /** Alias of the model that answered; null for a baseline that names no alias. */
  readonly model: string | null;
  /** Which of the suite's several targets answered, as baseline files are named; null when it has only one target. */
  readonly listed: string | null;
  /** The parts of `listed`: prompt and alias, each only if the suite lists several. */
  readonly several: Pick<Comparison, "prompt" | "alias">;
  /** The stored run; null for a baseline file, which has no answers. */
  readonly run: StoredRun | null;
  /** Ids of the runs whose answers the side contains. */
  readonly madeOf: ReadonlySet<string>;
  /** The commit with the files that the side was made from; null when unknown. */
  readonly commit: string | null;
  /** The provider's name of the model that answered; if unknown, a description of the target. */
  readonly answeredBy: string;
  /** The side of a baseline file; null for a stored run, whose side `read` gives. */
  readonly file: Side | null;
  /** Reads the side's trials on the first call. */
  read(): Promise<Side>;
}

/** A promoted baseline as a source. */
export interface BaselineSource extends SideSource {
  readonly file: Side;
}

export async function sourceOfRun(store: Store, run: StoredRun): Promise<SideSource> {
  const { suite, alias, commit } = run.header;
  let side: Promise<Side> | undefined;
  return {
    suite,
    model: alias,
    listed: listedTarget(run.header),
    several: comparedTarget(run.header),
    run,
    madeOf: await answersFrom(store, run),
    commit,
    answeredBy: (isMadeElsewhere(run.header.provider) ? null : run.header.model) ?? run.header.target,
    file: null,
    read: () => {
      side ??= storedSide(store, run);
      return side;
    },
  };
}

/** The run's id or, if all its answers came from the cache, the ids of the runs that asked for them. */
async function answersFrom(store: Store, run: StoredRun): Promise<ReadonlySet<string>> {
  const { no, header } = run;
  const { counts } = storedSummary(run);
  if (counts === undefined || counts.answered === 0 || counts.cached < counts.answered)
    return new Set([header.id]);
  const origins = new Set<string>();
  for await (const { run: id } of everyItem((page) => store.read.origins(no, page))) origins.add(id);
  return origins.size === 0 ? new Set([header.id]) : origins;
}

/**
 * The side of a baseline file.
 *
 * @param more ids of further runs of this baseline, from promoted tags: a line that a promotion did not change names
 *   only an earlier run
 * @throws {EvalsError} for a damaged file
 */
export function sourceOfBaseline(
  text: string,
  path: string,
  where: string,
  commit: string | null,
  more: readonly string[] = [],
): BaselineSource {
  const { side, baseline } = fileSide(text, path, where);
  const { suite } = side;
  const listed = path === baselinePath(suite, null) ? null : targetIn(path, suite);
  const several = partsOf(listed, side.prompt);
  const madeOf = new Set([...baseline.cases.flatMap((one) => one.runs), ...more]);
  return {
    suite,
    model: several.alias ?? null,
    listed,
    several,
    run: null,
    madeOf,
    commit,
    answeredBy: side.model ?? side.target,
    file: side,
    read: async () => side,
  };
}

/** The side of a baseline file that was read from the disk, and so belongs to no commit. */
export function sourceOfLooseBaseline(text: string, path: string): BaselineSource {
  const source = sourceOfBaseline(text, path, "", null);
  const { file: _commit, ...side } = source.file;
  const file = { ...side, label: path };
  return { ...source, file, read: async () => file };
}

/** Whether two sides have the same answers, so that a comparison of them would show nothing. */
export function isSameAnswers(a: SideSource, b: SideSource): boolean {
  if (a.run !== null && b.run !== null && a.run.no === b.run.no) return true;
  if (a.run !== null && b.run !== null) return [...b.madeOf].every((id) => a.madeOf.has(id));
  if (a.run !== null || b.run !== null) return [...b.madeOf].some((id) => a.madeOf.has(id));
  return a.file?.fingerprint === b.file?.fingerprint && isDeepStrictEqual(a.madeOf, b.madeOf);
}

/** Splits the target in a baseline's file name into prompt and alias, with the help of the file's prompt. */
function partsOf(listed: string | null, prompt: Side["prompt"]): Pick<Comparison, "prompt" | "alias"> {
  if (listed === null) return {};
  const word = prompt === null || prompt.name === null ? null : `${prompt.name}@${prompt.version}`;
  const inFile = word?.replaceAll("/", "+");
  if (word === null || inFile === undefined) return { alias: listed };
  if (listed === inFile) return { prompt: word };
  return listed.startsWith(`${inFile}.`)
    ? { prompt: word, alias: listed.slice(inFile.length + 1) }
    : { alias: listed };
}

function targetIn(path: string, suite: string): string | null {
  const start = baselinePath(`${suite}.`, null).replace(/\.jsonl$/, "");
  return path.startsWith(start) ? path.slice(start.length).replace(/\.jsonl$/, "") : null;
}

/**
 * All promoted baselines in a commit.
 *
 * @param plan gives the model of each suite that has only one
 * @throws {EvalsError} for a damaged file
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
    return side.model !== null || planned === undefined
      ? side
      : { ...side, model: planned.aliases[0] ?? null };
  });
}

/** The runs that the promoted tags on a commit name: their ids, by the path of the baseline. */
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

/** The models and the prompt of a suite, as the project's files name them. */
export interface PlannedSuite {
  readonly suite: string;
  /** Whether the suite lists several models. */
  readonly several: boolean;
  readonly aliases: readonly string[];
  /** `support@1.2.0`; null without a prompt. */
  readonly prompt: string | null;
  /** Whether the suite lists several prompts. Each of them has a `PlannedSuite` of its own. */
  readonly ofPrompts: boolean;
}

export function plannedSuites({ suites }: Pick<Project, "suites">): PlannedSuite[] {
  return suites.map(({ name, suite, models, prompt }) => {
    const version = namedVersion(prompt);
    return {
      suite: name,
      several: suite.models !== undefined,
      aliases: models.map((one) => one.alias),
      prompt: version === null ? null : promptWord(version),
      ofPrompts: suite.prompts !== undefined,
    };
  });
}

/** Whether a run has the models and prompts of the files, and not others that the command line named. */
export function isPlanned({ header }: Pick<StoredRun, "header">, plan: readonly PlannedSuite[]): boolean {
  const { suite, alias, prompt, one_of_several, one_of_prompts } = header;
  const asked = prompt === null ? null : promptWord(prompt);
  return plan.some(
    (one) =>
      one.suite === suite &&
      one.several === one_of_several &&
      one.ofPrompts === (one_of_prompts === true) &&
      one.aliases.includes(alias) &&
      one.prompt === asked,
  );
}

/** Finished runs of whole suites, the newest per suite and target; the store lists runs newest first. */
export async function newestSides(
  store: Store,
  fits: (run: Pick<StoredRun, "header">) => boolean,
): Promise<SideSource[]> {
  const { read } = store;
  const first = new Map<string, StoredRun>();
  for await (const run of everyItem((page) => read.runs({ status: ["complete", "stopped_early"] }, page))) {
    const key = targetKey(run.header);
    if (first.has(key) || isAside(run) || run.header.narrowing !== null || !fits(run)) continue;
    const whole = await read.run(run.no);
    if (whole !== undefined) first.set(key, whole);
  }
  return Promise.all(Array.from(first.values(), (run) => sourceOfRun(store, run)));
}

/** The sides whose suite and target `have` does not contain. */
export function besides(sides: readonly SideSource[], have: readonly SideSource[]): SideSource[] {
  return sides.filter(
    (one) =>
      !have.some(
        (other) =>
          other.suite === one.suite &&
          (one.model === null || other.model === one.model) &&
          one.several.prompt === other.several.prompt,
      ),
  );
}
