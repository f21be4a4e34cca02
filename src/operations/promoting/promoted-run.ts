import { type Baseline, parseBaseline } from "../../baselines/baseline-file.ts";
import {
  answersPath,
  formatAnswers,
  growAnswers,
  isWhole,
  type KeptAnswer,
  type KeptAnswers,
  parseAnswers,
} from "../../baselines/kept-answers.ts";
import { baselineOfRun, growBaseline, settleBaseline } from "../../baselines/make-baseline.ts";
import type { PromotedRun } from "../../baselines/promotion.ts";
import { allItems, everyItem } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { recordsFailures } from "../../domain/records-failures.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { readAtCommit, remoteDefaultBranch } from "../../git/repository.ts";
import { failuresByCase } from "../../run/count-failures.ts";
import { readFlips } from "../../run/read-flips.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { answersInStore } from "../gating/answers-in-store.ts";
import { baseOfChange } from "../project/base-of-change.ts";
import { restrictedRuns } from "../project/restricted-runs.ts";
import { baselineRoot } from "../sides/file-side.ts";
import { answersToKeep } from "./answers-to-keep.ts";
import type { Covered } from "./promotable.ts";

/** How a run is promoted. */
export interface PromotionChoices {
  /** Why the new baseline may be worse than the current one. */
  readonly accept?: string | undefined;
  /**
   * Whether to add the run's own trials to those that the baseline has of a case, if the case's key is unchanged.
   * Otherwise the run's trials replace them.
   */
  readonly add?: boolean | undefined;
  /** Whether to store the distinct answers in a file beside the baseline. */
  readonly withAnswers?: boolean | undefined;
}

/** What is needed to make a run a baseline. */
export interface Making {
  readonly project: Project;
  /** Path of the project in its repository; `.` at the top. */
  readonly projectPath: string;
  readonly store: Store;
  readonly input: PromotionChoices;
  readonly io: Environment;
}

/** A run that is being promoted. */
export interface Promoting extends PromotedRun {
  readonly run: StoredRun;
}

/**
 * Makes a baseline of a run. Nothing is written yet.
 *
 * @throws {EvalsError} when the baseline to extend is damaged
 */
export async function promotedRun({ run, path }: Covered, making: Making): Promise<Promoting> {
  const { project, projectPath, store, input } = making;
  const { header } = run;
  const before = await baselineBefore(project.root, path, input);
  const { read } = store;
  const cases = await allItems((page) => read.cases(run.no, page));
  const rows = await allItems((page) => read.scores(run.no, page));
  const pressed = { no: run.no, header, ids: cases.map(({ id }) => id) };
  const classes = async (options?: { readonly fresh: boolean }) =>
    recordsFailures(header) ? failuresByCase(run, store, options) : undefined;
  const whole = baselineOfRun(header, cases, rows, {
    origins: await originsByCase(store, run),
    project: projectPath,
    flips: (await readFlips(pressed, store))?.flips ?? null,
    failures: await classes(),
  });
  // Recorded or rescored answers were paid for by another run, so they are no new evidence.
  const recorded = isRecorded(run);
  const fresh = baselineOfRun(header, cases, recorded ? [] : rows, {
    fresh: true,
    flips: recorded ? null : ((await readFlips(pressed, store, { fresh: true }))?.flips ?? null),
    failures: await classes({ fresh: true }),
  });
  const grown = input.add === true && before !== null ? growBaseline(before, whole, fresh) : null;
  const accepted = input.accept === undefined ? null : await acceptedChange(run, path, input.accept, making);
  const baseline = settleBaseline(before, grown?.baseline ?? whole, accepted, header.one_of_prompts === true);
  const { metrics, gate } = storedSummary(run);
  return {
    run,
    header,
    path,
    before,
    grown,
    after: baseline,
    accepted,
    metrics: metrics ?? {},
    gate: gate?.outcome ?? null,
    answers: await answersBeside(run, path, { before, baseline, grew: grown !== null, recorded }, making),
  };
}

/** For each case number, the ids of the runs for which its cached answers were once asked. */
async function originsByCase({ read }: Store, { no }: StoredRun): Promise<ReadonlyMap<number, string[]>> {
  const origins = new Map<number, string[]>();
  for await (const { case_no, run } of everyItem((page) => read.origins(no, page)))
    origins.set(case_no, [...(origins.get(case_no) ?? []), run]);
  return origins;
}

/**
 * The baseline at HEAD; null when there is none, or when it is damaged and will be replaced.
 *
 * @throws {EvalsError} when it is damaged and was to be extended
 */
async function baselineBefore(
  root: string,
  path: string,
  { add }: PromotionChoices,
): Promise<Baseline | null> {
  const text = await readAtCommit(root, "HEAD", path);
  try {
    return text === null ? null : parseBaseline(text, path);
  } catch (error) {
    if (add === true || !(error instanceof EvalsError)) throw error;
    return null;
  }
}

/** Whether a run's answers come from a recording or from another run. */
export function isRecorded({ header }: StoredRun): boolean {
  return isRecording(header.provider) || header.rescored_from !== null;
}

/**
 * The file of answers to write beside the baseline; its `text` is null when an existing file must be deleted instead,
 * because answers are not to be stored and the file belongs to the old baseline.
 *
 * @returns null when there is no file to write or delete
 */
async function answersBeside(
  run: StoredRun,
  path: string,
  { before, baseline, grew, recorded }: Written,
  { project, store, input, io }: Making,
): Promise<PromotedRun["answers"]> {
  const place = answersPath(path);
  const text = await readAtCommit(project.root, "HEAD", place);
  if (input.withAnswers !== true) return text === null ? null : { path: place, text: null };
  if (restrictedRuns(project.root)(run.header)) {
    io.notice(
      `${run.header.suite}: its dataset is restricted, so its answers are not kept beside the baseline.`,
    );
    return text === null ? null : { path: place, text: null };
  }
  const kept = await answersBefore(text, place, grew ? before : null, store);
  if (kept === null) {
    io.notice(
      `${run.header.suite}: its answers are not kept beside the baseline, because those of the trials that it had before are neither in ${place} nor in this machine's history. Without --add, the answers of run ${run.header.id} are kept.`,
    );
    return text === null ? null : { path: place, text: null };
  }
  const whole = await answersToKeep(store, run, { fresh: false });
  const fresh = recorded || !grew ? new Map() : await answersToKeep(store, run, { fresh: true });
  const answers = grew ? growAnswers(baseline, run.header.id, { kept, whole, fresh }) : whole;
  const standing = new Set(before?.cases);
  // A case whose line of the baseline does not change keeps its stored answers too.
  const lines = baseline.cases.map((line): [string, readonly KeptAnswer[]] => [
    line.case,
    (standing.has(line) ? kept.get(line.case) : undefined) ?? answers.get(line.case) ?? [],
  ]);
  return { path: place, text: formatAnswers(new Map(lines)) };
}

interface Written {
  readonly before: Baseline | null;
  readonly baseline: Baseline;
  readonly grew: boolean;
  readonly recorded: boolean;
}

/**
 * The answers of the baseline before: those in its file. A baseline that is to be extended needs an answer for each of
 * its trials; where the file lacks some, all are read from the store.
 *
 * @param extended the baseline that the run is added to; null when the run replaces it, and a damaged file with it
 * @returns null when the store lacks some too
 * @throws {EvalsError} when the file is damaged and was to be extended
 */
async function answersBefore(
  text: string | null,
  place: string,
  extended: Baseline | null,
  store: Store,
): Promise<KeptAnswers | null> {
  try {
    const kept: KeptAnswers = text === null ? new Map() : parseAnswers(text, place);
    return extended === null || isWhole(kept, extended) ? kept : await answersInStore(extended, store);
  } catch (error) {
    if (extended !== null || !(error instanceof EvalsError)) throw error;
    return new Map();
  }
}

/**
 * The accepted regression, which a reviewer approves by merging the change. It names the baseline that the gate will
 * use, and this run's result. Null when there is no baseline yet.
 */
async function acceptedChange(
  { header }: StoredRun,
  path: string,
  why: string,
  { project, io }: Making,
): Promise<PromotedRun["accepted"]> {
  const { root } = project;
  const base = await baseCommit(root, io.env);
  const from =
    (base === null ? null : await promotedRoot(root, base, path)) ?? (await promotedRoot(root, "HEAD", path));
  return from === null ? null : { from, to: header.fingerprint, why };
}

/** The ref of the base branch: the branch that CI names, else the remote's default branch. Null without a remote. */
async function baseCommit(root: string, env: Environment["env"]): Promise<string | null> {
  const base = await baseOfChange(root, { env });
  if (base.kind === "seen") return base.ref;
  return remoteDefaultBranch(root);
}

async function promotedRoot(root: string, commit: string, path: string): Promise<string | null> {
  const text = await readAtCommit(root, commit, path);
  return text === null ? null : baselineRoot(parseBaseline(text, path));
}
