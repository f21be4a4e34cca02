import { isDeepStrictEqual } from "node:util";
import { type Baseline, baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import type { BehindBase } from "../../baselines/behind-base.ts";
import { answersPath, isWhole, type KeptAnswers, parseAnswers } from "../../baselines/kept-answers.ts";
import type { Side } from "../../baselines/side.ts";
import { everyItem } from "../../domain/pages.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { ambiguityNote, type NamedCommit } from "../../git/find-commit.ts";
import { findGitFolder, isShallow } from "../../git/git-folder.ts";
import { mergeBase, readAtCommit } from "../../git/repository.ts";
import { variantRuns } from "../../run/variant-runs.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { type BaseOfChange, baseOfChange } from "../project/base-of-change.ts";
import { fileSide } from "../sides/file-side.ts";
import type { SideSource } from "../sides/side-source.ts";
import { storedSide, withPressure } from "../sides/stored-side.ts";
import { baselineFiles } from "./baseline-files.ts";

/** The baseline that a run is compared with, or why there is none. */
export interface GateBaseline {
  readonly side: Side | null;
  /** The stored run of the side; null when the side comes from a file, or when there is no side. */
  readonly run: StoredRun | null;
  /** Ids of the runs whose trials a committed baseline contains. */
  readonly runs: readonly string[];
  /** The commit whose files belong to the side; null when unknown. */
  readonly commit: string | null;
  /**
   * Reads the answers of a committed baseline from the file beside it, else from the store; null unless every trial has
   * one.
   */
  readonly answers: () => Promise<KeptAnswers | null>;
  /**
   * The branch or commit in which a committed baseline for this run was looked for and not found; undefined when one
   * was found, or none was needed.
   */
  readonly absentAt?: string;
  /**
   * Set when the base branch got another baseline after this change had branched off. Absent or null when it did not,
   * or when that is unknown.
   */
  readonly behind?: BehindBase | null;
  /** A note for the report; null when there is none. */
  readonly note: string | null;
  /**
   * The regression that the change itself accepts, read from its own copy of the baseline. `from` and `to` are
   * fingerprints: of the baseline, and of the accepted run. Null when the change accepts none.
   */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
}

export interface BaselineQuestion {
  readonly store: Store;
  readonly root: string;
  readonly io: Environment;
  /** The folder given with `-C`, to which files are relative. */
  readonly directory: string | undefined;
  readonly suite: string;
  /** Which of the suite's several targets is run; null when it has only one. */
  readonly listed: string | null;
  /** Alias of the model that is run. */
  readonly model: string;
  /** The value of `--baseline`. */
  readonly option: string | undefined;
  /** Fingerprint of the run to be gated, to which an accepted regression must apply. */
  readonly fingerprint?: string | undefined;
  /** The commit that is run, if it is not HEAD. */
  readonly at?: NamedCommit | undefined;
}

const NOTHING: GateBaseline = {
  side: null,
  run: null,
  runs: [],
  answers: async () => null,
  commit: null,
  note: null,
  accepted: null,
};

/** Ids of the baseline's answers in this store; empty when the store does not have these answers. */
export async function answersOf({ run, runs }: GateBaseline, store: Store): Promise<ReadonlySet<number>> {
  const { read } = store;
  const named = run === null ? (await Promise.all(runs.map((id) => read.runsByPrefix(id)))).flat() : [run];
  const answers = new Set<number>();
  for (const one of named)
    for (const { no } of [one, ...(await variantRuns(store, one.header))])
      for await (const id of everyItem((page) => read.answerIds(no, page))) answers.add(id);
  return answers;
}

/**
 * The baseline for a run's gate. `--baseline` may name it. Without the option, a build of a change uses the committed
 * file at the tip of the base branch, never the change's own copy. Any other run uses the file at HEAD.
 *
 * @throws {EvalsError} when the base branch is not available, or the named side is of another suite
 */
export async function gateBaseline(question: BaselineQuestion): Promise<GateBaseline> {
  const { option, root, io, suite, listed } = question;
  if (option === "none") return NOTHING;
  if (option !== undefined) return namedBaseline(question, option);
  const path = baselinePath(suite, listed);
  if (findGitFolder(root) === null) return { ...NOTHING, absentAt: "HEAD" };
  const own = question.at ?? { word: "HEAD", commit: "HEAD" };
  const base = await baseOfChange(root, io);
  switch (base.kind) {
    case "none":
      return committedBaseline(question, path, own.commit, own.word);
    case "seen":
      return baselineOfChange(question, path, base, own.commit);
    case "unseen":
      if (!(await hasBaselines(root, own.commit))) return { ...NOTHING, absentAt: base.base.name };
      throw new EvalsError(await baseUnseen(base, root));
    case "unknown":
      if (!(await hasBaselines(root, own.commit))) return { ...NOTHING, absentAt: own.word };
      throw new EvalsError(baseUnknown(base));
    default:
      return base satisfies never;
  }
}

/**
 * Whether a commit has a baseline of any suite. A baseline of another suite counts too, because a change may have
 * renamed the suite.
 */
async function hasBaselines(root: string, commit: string): Promise<boolean> {
  return (await baselineFiles(root, commit)).length > 0;
}

async function baseUnseen(
  { base, remotes }: Extract<BaseOfChange, { kind: "unseen" }>,
  root: string,
): Promise<Problem> {
  const { fetchCommand } = await import("../../baselines/fetch-command.ts");
  return {
    code: "EVALS_BASE_BRANCH_MISSING",
    what: `The branch "${base.name}" (${base.variable}) is not in this clone, so its baseline cannot be read.`,
    why: "A change is compared with the baseline of the branch that it will be merged into, never with its own copy.",
    fix: `${fetchCommand(base.name, remotes, isShallow(root))}    (or --baseline none)`,
  };
}

function baseUnknown({ ci, variable }: Extract<BaseOfChange, { kind: "unknown" }>): Problem {
  return {
    code: "EVALS_BASE_BRANCH_UNKNOWN",
    what: `${ci} builds a proposed change (${variable}), but does not say into which branch the change will be merged.`,
    why: "A change is compared with the baseline of the branch that it will be merged into, never with its own copy.",
    fix: "Set EVALS_BASE_REF=main in the job's environment and fetch the branch; or use --baseline ref:origin/main    (or --baseline none)",
  };
}

async function committedBaseline(
  { root, store }: Pick<BaselineQuestion, "root" | "store">,
  path: string,
  ref: string,
  where: string,
): Promise<GateBaseline> {
  const text = await readAtCommit(root, ref, path);
  if (text === null) return { ...NOTHING, absentAt: where };
  const { side, baseline } = fileSide(text, path, where);
  const answers = async () =>
    (await answersBeside(root, path, ref, baseline)) ??
    (await import("./answers-in-store.ts")).answersInStore(baseline, store);
  return { ...NOTHING, side, runs: runsIn(baseline), answers, commit: ref };
}

/**
 * The answers stored beside a baseline; null unless the file has an answer for every trial of the baseline.
 *
 * @throws {EvalsError} for a damaged file
 */
async function answersBeside(
  root: string,
  path: string,
  ref: string,
  baseline: Baseline,
): Promise<KeptAnswers | null> {
  const place = answersPath(path);
  const text = await readAtCommit(root, ref, place);
  const answers = text === null ? null : parseAnswers(text, place);
  return answers !== null && isWhole(answers, baseline) ? answers : null;
}

function runsIn({ cases }: Baseline): string[] {
  return [...new Set(cases.flatMap((one) => one.runs))];
}

/** The base branch's baseline. The change's own copy is read only to find a regression that the change accepts. */
async function baselineOfChange(
  question: BaselineQuestion,
  path: string,
  base: Extract<BaseOfChange, { kind: "seen" }>,
  change: string,
): Promise<GateBaseline> {
  const { root, fingerprint } = question;
  const tip = await committedBaseline(question, path, base.ref, base.name);
  if (tip.side === null) return tip;
  const [text, own, left] = await Promise.all([
    readAtCommit(root, base.ref, path),
    readAtCommit(root, change, path),
    baselineWhereLeft(root, path, { base, change }),
  ]);
  const behind =
    left === null || left.text === text
      ? null
      : { branch: base.name, ref: nameOfRef(base.ref), had: casesIn(left.text, path) };
  const baseline = { ...tip, behind };
  if (own === null || own === text || own === left?.text) return baseline;
  const accepted = parseBaseline(own, path).header.accepted ?? null;
  const edited = `This change edits ${path} itself; the run is compared with the copy at ${base.name}.`;
  const before = text === null ? null : (parseBaseline(text, path).header.accepted ?? null);
  // An accepted regression that is already on the base branch does not belong to this change.
  if (accepted === null || isDeepStrictEqual(accepted, before)) return { ...baseline, note: edited };
  const unfit = whyUnfit(accepted, tip.side.fingerprint, fingerprint);
  return { ...baseline, accepted, note: unfit === null ? null : `${edited} ${unfit}` };
}

const nameOfRef = (ref: string): string => ref.replace(/^refs\/(?:remotes|heads)\//, "");

/** The baseline at the merge base of a change; null when that commit is missing in a shallow clone. */
async function baselineWhereLeft(
  root: string,
  path: string,
  { base, change }: { readonly base: Extract<BaseOfChange, { kind: "seen" }>; readonly change: string },
): Promise<{ readonly text: string | null } | null> {
  const commit = await mergeBase(root, change, base.ref);
  return commit === null ? null : { text: await readAtCommit(root, commit, path) };
}

/** Ids of the cases in a baseline file; empty for an unreadable file, because no gate can have used it. */
function casesIn(text: string | null, path: string): ReadonlySet<string> {
  try {
    return new Set(text === null ? [] : parseBaseline(text, path).cases.map((one) => one.case));
  } catch (error) {
    if (error instanceof EvalsError) return new Set();
    throw error;
  }
}

/** Why an accepted regression does not apply: it names another baseline or another result. Null when it applies. */
function whyUnfit(
  { from, to }: { readonly from: string; readonly to: string },
  base: string | null,
  run: string | undefined,
): string | null {
  const again = 'To accept this run: evals promote --accept "<why>"';
  if (from !== base)
    return `The change accepts a regression from another baseline than that of the base branch. ${again}`;
  return run === undefined || to === run
    ? null
    : `The change accepts another result than that of this run. ${again}`;
}

/**
 * The baseline that `--baseline` names, by any word that `evals diff` accepts for a side. But a commit means first the
 * baseline that is promoted in this commit, and only without one a run of this commit.
 *
 * @throws {EvalsError} for a word that is unknown, ambiguous, or not of this suite
 */
async function namedBaseline(question: BaselineQuestion, option: string): Promise<GateBaseline> {
  const { store, suite, listed } = question;
  const { meaningOf } = await import("../sides/side-meaning.ts");
  const meaning = await meaningOf(option, question);
  switch (meaning.kind) {
    case "ref": {
      const baseline = await committedBaseline(
        question,
        baselinePath(suite, listed),
        meaning.at.commit,
        meaning.at.word,
      );
      const found = baseline.side === null ? await ofSides(meaning.sides, question, option, false) : baseline;
      return { ...found, note: ambiguityNote(meaning.at) };
    }
    case "prompt":
    case "run":
      return ofSides(meaning.sides, question, option, meaning.kind === "run");
    case "latest": {
      const { newestRun } = await import("../project/find-run.ts");
      const run = await newestRun(store, suite);
      if (run === undefined) throw unknownBaseline(question, option);
      return ofRun(store, run);
    }
    case "file": {
      const { runOutputsFile } = await import("../sides/outputs-side.ts");
      return ofRun(store, await runOutputsFile(meaning.path, suite, question));
    }
    case "baseline": {
      const [{ suite: own, file, madeOf }] = meaning.sides;
      if (own !== suite) throw otherSuite(file.label, own, suite);
      return { ...NOTHING, side: file, runs: [...madeOf] };
    }
    default:
      return meaning satisfies never;
  }
}

/** The baseline with the question's suite and target, among the sides that `--baseline` names. */
async function ofSides(
  sides: readonly SideSource[],
  question: BaselineQuestion,
  option: string,
  anyModel: boolean,
): Promise<GateBaseline> {
  const { store, suite, listed, model } = question;
  const own = sides.filter((one) => one.suite === suite);
  const ofModel = own.filter((one) => one.model === model);
  // A suite with several targets has a side for each of them. If none has the target of this run, a side with the
  // same model is taken, because the target may only have been renamed.
  const side =
    ofModel.find((one) => one.listed === listed) ??
    ofModel[0] ??
    (listed === null || anyModel ? own[0] : own.find((one) => one.model === null && one.listed === listed));
  if (side?.run) return ofRun(store, side.run);
  if (side?.commit) return committedBaseline(question, baselinePath(suite, side.listed), side.commit, option);
  throw unknownBaseline(question, option, sides[0]);
}

async function ofRun(store: Store, run: StoredRun): Promise<GateBaseline> {
  const side = await withPressure(await storedSide(store, run), run, store);
  return { ...NOTHING, side, run, commit: run.header.commit };
}

function otherSuite(side: string, own: string, suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_BASELINE_OTHER_SUITE",
    what: `${side} is of suite "${own}", not of "${suite}".`,
    why: "A baseline is compared case by case with a run of the same suite.",
    fix: `\`evals history ${suite}\` lists the runs of the suite`,
  });
}

function unknownBaseline(
  { suite, listed }: BaselineQuestion,
  option: string,
  other?: SideSource,
): EvalsError {
  if (other?.run) return otherSuite(`Run ${other.run.header.id}`, other.suite, suite);
  return new EvalsError({
    code: "EVALS_BASELINE_UNKNOWN",
    what: `There is no complete run and no ${baselinePath(suite, listed)} at "${option}".`,
    why: "A run is compared with a promoted baseline or a stored run.",
    fix: `\`evals log\` lists promoted baselines, and \`evals history ${suite}\` lists the runs`,
  });
}
