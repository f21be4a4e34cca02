import type { Arm } from "../../baselines/arm.ts";
import { baseBranchOf, baseRefs, fetchCommand } from "../../baselines/base-branch.ts";
import { type Baseline, baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import { answersPath, isWhole, type KeptAnswers, parseAnswers } from "../../baselines/kept-answers.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { NamedCommit } from "../../git/find-commit.ts";
import { findGitFolder } from "../../git/git-folder.ts";
import { readAtCommit, remoteNames, resolveCommit } from "../../git/repository.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { DiffSide } from "../diff/diff-side.ts";
import type { Io } from "../io.ts";
import { fileArm } from "./file-arm.ts";
import { storedArm } from "./stored-arm.ts";

/** What a run is compared with, or why with nothing. */
export interface BaselineSide {
  readonly arm: Arm | null;
  /** The stored run that the arm is; null for a file or for none. */
  readonly run: StoredRun | null;
  /** Ids of the runs whose trials a committed baseline holds. */
  readonly runs: readonly string[];
  /** Where git has the files that it was made of; null when nobody knows. */
  readonly commit: string | null;
  /** Reads the answers that were kept beside a committed baseline; null when there are none for each of its trials. */
  readonly answers: () => Promise<KeptAnswers | null>;
  /** Where a committed baseline was looked for and is not; undefined when there is one, or none was looked for. */
  readonly absentAt?: string;
  /** A sentence for the report; null when there is nothing to add. */
  readonly note: string | null;
  /** A regression that the change itself accepts, read from its own copy of the baseline. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
}

export interface BaselineQuestion {
  readonly store: Store;
  readonly root: string;
  readonly io: Io;
  /** `-C`, by which a file is found. */
  readonly directory: string | undefined;
  readonly suite: string;
  /** Null unless the suite lists several models. */
  readonly alias: string | null;
  /** `--baseline`. */
  readonly option: string | undefined;
  /** Of the run that is to be gated; what a change accepts is held against it. */
  readonly fingerprint?: string | undefined;
  /** The commit that is run, where it is not HEAD. */
  readonly at?: NamedCommit | undefined;
}

const NOTHING: BaselineSide = {
  arm: null,
  run: null,
  runs: [],
  answers: async () => null,
  commit: null,
  note: null,
  accepted: null,
};

/** Ids of the stored answers that the side is made of, where this store has them. */
export function answersOf({ run, runs }: BaselineSide, store: Store): ReadonlySet<number> {
  const stored = run === null ? runs.flatMap((id) => store.runsByPrefix(id)) : [run];
  return new Set(stored.flatMap((one) => store.answerIds(one.no)));
}

/**
 * The side a run is gated against: what `--baseline` names; else, in a build of a change, the committed file at the tip of
 * the branch it goes into, never the change's own copy; else the file at HEAD.
 *
 * @throws {EvalsError} when that branch cannot be seen, or the side named does not fit
 */
export async function baselineSide(question: BaselineQuestion): Promise<BaselineSide> {
  const { option, root, io, suite, alias } = question;
  if (option === "none") return NOTHING;
  if (option !== undefined) return namedSide(question, option);
  const path = baselinePath(suite, alias);
  if (findGitFolder(root) === null) return { ...NOTHING, absentAt: "HEAD" };
  const base = baseBranchOf(io.env);
  const own = question.at ?? { word: "HEAD", commit: "HEAD" };
  if (base === null) return committedSide(root, path, own.commit, own.word);
  const remotes = await remoteNames(root);
  for (const ref of baseRefs(base, remotes)) {
    if ((await resolveCommit(root, ref)) !== null)
      return changeSide(question, path, ref, base.name, own.commit);
  }
  if ((await readAtCommit(root, own.commit, path)) === null) return { ...NOTHING, absentAt: base.name };
  throw new EvalsError({
    code: "EVALS_BASE_BRANCH_MISSING",
    what: `The branch "${base.name}" (${base.variable}) is not in this clone, so its baseline cannot be read.`,
    why: "A change is compared with the branch it goes into, never with its own copy of the baseline.",
    fix: `${fetchCommand(base, remotes)}    (or --baseline none)`,
  });
}

async function committedSide(root: string, path: string, ref: string, where: string): Promise<BaselineSide> {
  const text = await readAtCommit(root, ref, path);
  if (text === null) return { ...NOTHING, absentAt: where };
  const { arm, baseline } = fileArm(text, path, where);
  const answers = () => answersBeside(root, path, ref, baseline);
  return { ...NOTHING, arm, runs: runsIn(baseline), answers, commit: ref };
}

/** A file that tells only of some trials says nothing of the whole. @throws {EvalsError} for a broken file */
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

/** A change's own copy is read for one thing alone: the regression it accepts. */
async function changeSide(
  { root, fingerprint }: BaselineQuestion,
  path: string,
  ref: string,
  where: string,
  change: string,
): Promise<BaselineSide> {
  const side = await committedSide(root, path, ref, where);
  if (side.arm === null) return side;
  const own = await readAtCommit(root, change, path);
  if (own === null || own === (await readAtCommit(root, ref, path))) return side;
  const { header } = parseBaseline(own, path);
  const accepted = header.accepted ?? null;
  const edited = `This change edits ${path} itself; it is compared with the copy at ${where}.`;
  if (accepted === null) return { ...side, note: edited };
  const unfit = whyUnfit(accepted, side.arm.fingerprint, fingerprint);
  return { ...side, accepted, note: unfit === null ? null : `${edited} ${unfit}` };
}

/** Why an acceptance does not count: it speaks of another baseline, or of another result. */
function whyUnfit(
  { from, to }: { readonly from: string; readonly to: string },
  base: string | null,
  run: string | undefined,
): string | null {
  const again = 'To accept this run: evals promote --accept "<why>"';
  if (from !== base)
    return `The regression that it accepts is from another baseline than the base branch's. ${again}`;
  return run === undefined || to === run ? null : `It accepts another result than this run's. ${again}`;
}

/**
 * A side as `evals diff` reads it, but that a commit means the baseline promoted there before any run of it.
 * @throws {EvalsError} for a word that means nothing, or several things, or nothing of this suite
 */
async function namedSide(question: BaselineQuestion, option: string): Promise<BaselineSide> {
  const { store, root, suite, alias } = question;
  const { meaningOf } = await import("../diff/side-meaning.ts");
  const meaning = await meaningOf(option, question);
  switch (meaning.kind) {
    case "ref": {
      const side = await committedSide(root, baselinePath(suite, alias), meaning.at.commit, meaning.at.word);
      return side.arm === null ? ofSides(meaning.sides, question, option) : side;
    }
    case "prompt":
    case "run":
      return ofSides(meaning.sides, question, option);
    case "latest": {
      const { newestRun } = await import("../project/find-run.ts");
      const run = newestRun(store, suite);
      if (run === undefined) throw unknownBaseline(question, option);
      return ofRun(store, run);
    }
    case "file": {
      const { runOutputsFile } = await import("../diff/outputs-side.ts");
      return ofRun(store, await runOutputsFile(meaning.path, suite, question));
    }
    default:
      return meaning satisfies never;
  }
}

/** The one of several sides that is of this suite and model. */
async function ofSides(
  sides: readonly DiffSide[],
  question: BaselineQuestion,
  option: string,
): Promise<BaselineSide> {
  const { store, root, suite, alias } = question;
  const own = sides.filter((one) => one.suite === suite);
  const side = own.find((one) => one.alias === alias) ?? own[0];
  if (side?.run) return ofRun(store, side.run);
  if (side?.commit) return committedSide(root, baselinePath(suite, side.alias), side.commit, option);
  throw unknownBaseline(question, option, sides[0]);
}

function ofRun(store: Store, run: StoredRun): BaselineSide {
  return { ...NOTHING, arm: storedArm(store, run), run, commit: run.header.commit };
}

function unknownBaseline({ suite, alias }: BaselineQuestion, option: string, other?: DiffSide): EvalsError {
  if (other?.run)
    return new EvalsError({
      code: "EVALS_BASELINE_OTHER_SUITE",
      what: `Run ${other.run.header.id} is of suite "${other.suite}", not of "${suite}".`,
      why: "A baseline is compared case by case with a run of the same suite.",
      fix: `evals history ${suite} lists its runs`,
    });
  return new EvalsError({
    code: "EVALS_BASELINE_UNKNOWN",
    what: `There is no complete run and no ${baselinePath(suite, alias)} at "${option}".`,
    why: "A run is compared with a promoted baseline or a stored run.",
    fix: `evals log lists what was promoted, evals history ${suite} the runs`,
  });
}
