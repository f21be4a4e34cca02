import { posix } from "node:path";
import { baselinePath } from "../../baselines/baseline-file.ts";
import { removedRule } from "../../domain/gate-rule.ts";
import { listedTargetOf } from "../../domain/listed-target.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import { mergeBase, readAtCommit, resolveCommit } from "../../git/repository.ts";
import { findRepository } from "../../git/require-repository.ts";
import { filesAt } from "../../git/tags.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import type { Environment } from "../environment.ts";
import type { BaseOfChange } from "../project/base-of-change.ts";
import { openProject } from "../project/open-project.ts";
import type { RunPlace } from "../running/run-place.ts";
import type { RunRequest } from "../running/run-request.ts";
import { baselineFiles } from "./baseline-files.ts";

/** The baselines of the base branch that no suite of this change is compared with. */
export interface TakenAway {
  /** Failed rules, each with the suite of the base branch that it is about. */
  readonly rules: readonly { readonly suite: string; readonly rule: RuleResult }[];
  /**
   * Notes without effect on the gate, about baselines that the change removes itself or that this run might not see.
   */
  readonly notes: readonly string[];
}

const NOTHING: TakenAway = { rules: [], notes: [] };

/**
 * Finds the baselines of the base branch with which no suite of this change is compared. This happens when a change
 * renames a suite or an alias: then the path of its baseline changes. Without a report, the renamed suite
 * would silently be compared with nothing.
 */
export async function takenAway(
  { place, base }: { readonly place: RunPlace; readonly base: Extract<BaseOfChange, { kind: "seen" }> },
  options: RunRequest,
  io: Environment,
): Promise<TakenAway> {
  const { home, at } = place;
  const own = at?.commit ?? "HEAD";
  const [there, here, left] = await Promise.all([
    baselineFiles(home, base.ref),
    baselineFiles(home, own),
    mergeBase(home, own, base.ref),
  ]);
  if (there.length === 0) return leftBehind({ home, own, base, left }, isWhole(options));
  const looked = new Set(place.project.suites.flatMap(pathsOf));
  let lost = there.filter((path) => !looked.has(path));
  if (lost.length === 0) return NOTHING;
  if (!isWhole(options)) {
    const all = await wholeProject(place, options, io);
    lost = all === null ? [] : lost.filter((path) => !all.has(path));
  }
  const before = lost.length === 0 ? [] : await stillCompared(lost, base, { home, io });
  const gained = left === null ? new Set<string>() : await gainedSince(left, before, home);
  const gone = before.filter(({ path }) => !gained.has(path));
  return findings(gone, new Set(here), { branch: base.name, whole: isWhole(options), what: "suite renamed" });
}

/** @param here paths of the baselines that the change still has */
function findings(
  gone: readonly LostBaseline[],
  here: ReadonlySet<string>,
  { branch, whole, what }: { readonly branch: string; readonly whole: boolean; readonly what: string },
): TakenAway {
  const removed = gone.filter(({ path }) => !here.has(path));
  const kept = gone.filter(({ path }) => here.has(path));
  return {
    rules: whole ? kept.map((one) => ({ suite: one.suite, rule: missedRule(one, branch, what) })) : [],
    notes: [
      ...removed.map(({ path, suite }) => removedNote(path, suite, branch)),
      ...(whole ? [] : kept.map((one) => hiddenNote(one, branch))),
    ],
  };
}

interface Compared {
  readonly home: string;
  /** The commit of the change. */
  readonly own: string;
  readonly base: Extract<BaseOfChange, { kind: "seen" }>;
  /** The newest common commit of the change and its base branch; null when it is not in this clone. */
  readonly left: string | null;
}

/**
 * The baselines of projects that the base branch has in another folder and that this change has not any more: the
 * project has been moved. Only a project that is new in its folder can have been moved there.
 */
async function leftBehind({ home, own, base, left }: Compared, whole: boolean): Promise<TakenAway> {
  if ((await filesAt(home, base.ref, [CONFIG_FILE])).size > 0) return NOTHING;
  const { top, prefix } = (await findRepository(home)) ?? { top: home, prefix: "" };
  const [before, here, then] = await Promise.all([
    pathsAt(top, base.ref),
    pathsAt(top, own),
    left === null ? null : pathsAt(top, left),
  ]);
  const gone = [...before].filter((path) => {
    const folder = BASELINE.exec(path)?.[1];
    if (folder === undefined || then?.has(path) === false) return false;
    const config = `${folder}${CONFIG_FILE}`;
    return before.has(config) && !here.has(config);
  });
  const fromHere = (path: string): string => posix.relative(prefix, path);
  const lost = await Promise.all(
    gone.map(async (path) => ({
      path: fromHere(path),
      suite: suiteIn(await readAtCommit(top, base.ref, path)) ?? path,
    })),
  );
  const kept = new Set(gone.filter((path) => here.has(path)).map(fromHere));
  return findings(lost, kept, { branch: base.name, whole, what: "project moved" });
}

/** Paths of all files of a commit. */
async function pathsAt(top: string, commit: string): Promise<ReadonlySet<string>> {
  return new Set((await filesAt(top, commit, ["."])).keys());
}

/** A promoted baseline anywhere in a repository; the group is the folder of its project. */
const BASELINE = /^((?:.+\/)?)evals\/baselines\/(?![^/]*\.answers\.jsonl$)[^/]+\.jsonl$/s;

const pathsOf = (suite: LoadedSuite): string[] =>
  suite.models.map((model) => baselinePath(suite.name, listedTargetOf(suite, model)));

/** Whether no option narrows the run, so that every suite of the project is run completely. */
function isWhole({ suites, model, prompt, case: cases, tag, shard, run }: RunRequest): boolean {
  const chosen = [suites, model, prompt, cases, tag].some((one) => one.length > 0);
  return !chosen && shard === undefined && run === undefined;
}

/** Paths of the baselines of all suites in the project's files; null when a file has mistakes. */
async function wholeProject(
  { home, at }: RunPlace,
  { directory }: RunRequest,
  io: Environment,
): Promise<ReadonlySet<string> | null> {
  try {
    const { readProjectAt } = await import("../project/project-at.ts");
    const { suites } = at === null ? await openProject(io, { directory }) : await readProjectAt(io, home, at);
    return new Set(suites.flatMap(pathsOf));
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

interface LostBaseline {
  readonly path: string;
  readonly suite: string;
}

/** The baselines at `paths` that the base branch uses. The others were unused before this change. */
async function stillCompared(
  paths: readonly string[],
  { ref, name }: Extract<BaseOfChange, { kind: "seen" }>,
  { home, io }: { readonly home: string; readonly io: Environment },
): Promise<LostBaseline[]> {
  const lost = await Promise.all(
    paths.map(async (path) => ({ path, suite: suiteIn(await readAtCommit(home, ref, path)) ?? path })),
  );
  const commit = await resolveCommit(home, ref);
  if (commit === null) return lost;
  try {
    const { readProjectAt } = await import("../project/project-at.ts");
    const { suites } = await readProjectAt(io, home, { word: name, commit });
    const compared = new Set(suites.flatMap(pathsOf));
    return lost.filter(({ path }) => compared.has(path));
  } catch (error) {
    if (error instanceof EvalsError) return lost;
    throw error;
  }
}

/** The suite that the header of a baseline file names, whatever the file's format version; null when unreadable. */
function suiteIn(text: string | null): string | null {
  try {
    const { suite } = JSON.parse(text?.split("\n", 1)[0] ?? "") as { readonly suite?: unknown };
    return typeof suite === "string" ? suite : null;
  } catch {
    return null;
  }
}

/** Paths of the baselines that were added on the base branch after this change had branched off. */
async function gainedSince(
  left: string,
  lost: readonly LostBaseline[],
  home: string,
): Promise<ReadonlySet<string>> {
  if (lost.length === 0) return new Set();
  const then = new Set(await baselineFiles(home, left));
  return new Set(lost.map(({ path }) => path).filter((path) => !then.has(path)));
}

function missedRule({ path, suite }: LostBaseline, branch: string, what: string): RuleResult {
  return {
    ...removedRule("removed_baselines", false),
    outcome: "failed",
    value: 1,
    required: `0 (to give the baseline up, git rm or git mv ${path} in this change)`,
    said: `${branch} compares suite ${suite} with ${path}, and nothing in this change is compared with this baseline any more: was the ${what}?`,
  };
}

function removedNote(path: string, suite: string, branch: string): string {
  return `This change removes ${path}, which ${branch} compares suite ${suite} with: nothing is compared with this baseline any more.`;
}

function hiddenNote({ path, suite }: LostBaseline, branch: string): string {
  return `${branch} compares suite ${suite} with ${path}, and nothing in this change is compared with this baseline any more. This narrowed run does not fail for that reason, but \`evals run\` without a suite or an option does.`;
}
