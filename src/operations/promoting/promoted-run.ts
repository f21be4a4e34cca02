import { type Baseline, parseBaseline } from "../../baselines/baseline-file.ts";
import {
  answersPath,
  formatAnswers,
  growAnswers,
  type KeptAnswer,
  type KeptAnswers,
  parseAnswers,
} from "../../baselines/kept-answers.ts";
import { baselineOfRun, growBaseline, settleBaseline } from "../../baselines/make-baseline.ts";
import type { PromotedRun } from "../../baselines/promotion.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { recordsFailures } from "../../domain/records-failures.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { readAtCommit, remoteDefaultBranch } from "../../git/repository.ts";
import { failuresByCase } from "../../run/count-failures.ts";
import { readFlips } from "../../run/read-flips.ts";
import { allItems, everyItem } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { baseOfChange } from "../project/base-of-change.ts";
import { restrictedRuns } from "../project/restricted-runs.ts";
import { baselineRoot } from "../sides/file-side.ts";
import { answersToKeep } from "./answers-to-keep.ts";
import type { Covered } from "./promotable.ts";

/** How a run becomes a baseline. */
export interface PromotionChoices {
  /** Why the baseline may be worse than the present one. */
  readonly accept?: string | undefined;
  /** Adds the run's own trials to cases whose keys are unchanged, instead of replacing the baseline. */
  readonly add?: boolean | undefined;
  /** Keeps the distinct answers beside the baseline. */
  readonly withAnswers?: boolean | undefined;
}

/** What a run is made into its baseline with. */
export interface Making {
  readonly project: Project;
  /** Path of the project in its repository; `.` at the top. */
  readonly projectPath: string;
  readonly store: Store;
  readonly input: PromotionChoices;
  readonly io: Environment;
}

/** A run on its way into its baseline. */
export interface Promoting extends PromotedRun {
  readonly run: StoredRun;
}

/** @throws {EvalsError} for a broken file of HEAD that is to be added to */
export async function promotedRun({ run, path }: Covered, making: Making): Promise<Promoting> {
  const { project, projectPath, store, input } = making;
  const { header } = run;
  const before = await baselineBefore(project.root, path, input);
  const { read } = store;
  const cases = await allItems((page) => read.cases(run.no, page));
  const rows = await allItems((page) => read.scores(run.no, page));
  const pressed = { no: run.no, header, ids: cases.map(({ id }) => id) };
  const classes = (options?: { readonly fresh: boolean }) =>
    recordsFailures(header) ? failuresByCase(run, cases, store, options) : undefined;
  const whole = baselineOfRun(header, cases, rows, {
    origins: await originsByCase(store, run),
    project: projectPath,
    flips: readFlips(pressed, store)?.flips ?? null,
    failures: classes(),
  });
  // Answers that were recorded or scored again were paid for by another run: they are no new evidence.
  const recorded = isRecorded(run);
  const fresh = baselineOfRun(header, cases, recorded ? [] : rows, {
    fresh: true,
    flips: recorded ? null : (readFlips(pressed, store, { fresh: true })?.flips ?? null),
    failures: classes({ fresh: true }),
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

/** Ids of the runs that asked for the answers which each case took from the cache. */
async function originsByCase({ read }: Store, { no }: StoredRun): Promise<ReadonlyMap<number, string[]>> {
  const origins = new Map<number, string[]>();
  for await (const { case_no, run } of everyItem((page) => read.origins(no, page)))
    origins.set(case_no, [...(origins.get(case_no) ?? []), run]);
  return origins;
}

/** A broken file is in nobody's way when it is replaced. @throws {EvalsError} where it is added to */
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

/** Its answers are in a file, or belong to another run. */
export function isRecorded({ header }: StoredRun): boolean {
  return isRecording(header.provider) || header.rescored_from !== null;
}

/** The file of answers, when it was asked for; one that is there and was not asked for would be of the old baseline. */
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
  const kept = answersBefore(text, place, grew);
  const whole = await answersToKeep(store, run, { fresh: false });
  const fresh = recorded || !grew ? new Map() : await answersToKeep(store, run, { fresh: true });
  const answers = grew ? growAnswers(baseline, run.header.id, { kept, whole, fresh }) : whole;
  const standing = new Set(before?.cases);
  // A line that stands as it was keeps the answers that it counts.
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

/** A broken file is in nobody's way when it is replaced. @throws {EvalsError} where it is added to */
function answersBefore(text: string | null, place: string, grew: boolean): KeptAnswers {
  try {
    return text === null ? new Map() : parseAnswers(text, place);
  } catch (error) {
    if (grew || !(error instanceof EvalsError)) throw error;
    return new Map();
  }
}

/**
 * What a reviewer approves by merging: from the baseline that the gate will use, to this run. Null where there is none yet.
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

/** The branch that this one will be merged into: what CI says, else the remote's default branch. Null without a remote. */
async function baseCommit(root: string, env: Environment["env"]): Promise<string | null> {
  const base = await baseOfChange(root, { env });
  if (base.kind === "seen") return base.ref;
  return remoteDefaultBranch(root);
}

async function promotedRoot(root: string, commit: string, path: string): Promise<string | null> {
  const text = await readAtCommit(root, commit, path);
  return text === null ? null : baselineRoot(parseBaseline(text, path));
}
