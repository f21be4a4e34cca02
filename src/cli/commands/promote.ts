import { baseBranchOf, baseRefs } from "../../baselines/base-branch.ts";
import { type Baseline, parseBaseline } from "../../baselines/baseline-file.ts";
import { answersPath, formatAnswers, growAnswers, parseAnswers } from "../../baselines/kept-answers.ts";
import { baselineOfRun, type GrownBaseline, growBaseline } from "../../baselines/make-baseline.ts";
import { type PromotedRun, planPromotion } from "../../baselines/promotion.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { Metrics } from "../../domain/run.ts";
import { commitFiles } from "../../git/commit-files.ts";
import {
  isDetached,
  readAtCommit,
  remoteDefaultBranch,
  remoteNames,
  resolveCommit,
  userOfGit,
} from "../../git/repository.ts";
import { requireRepository } from "../../git/require-repository.ts";
import { isTagName, tagExists, tagTaken } from "../../git/tags.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import { baselineRoot } from "../gating/file-arm.ts";
import type { Io } from "../io.ts";
import { findRun } from "../project/find-run.ts";
import { locate, openProject } from "../project/open-project.ts";
import { suiteNames } from "../project/suite-names.ts";
import { answersToKeep } from "../promoting/answers-to-keep.ts";
import { type Covered, checkPromotable, newestRuns, suiteGone } from "../promoting/promotable.ts";
import { promotionJson, promotionText } from "../promoting/promotion-text.ts";

interface PromoteOptions {
  readonly directory?: string;
  readonly as?: string;
  readonly message?: string;
  readonly accept?: string;
  readonly add?: boolean;
  readonly withAnswers?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `evals promote [run]`: a complete run of committed inputs becomes the baseline, in one commit. */
export async function promoteCommand(
  raw: Record<string, unknown>,
  word: string | undefined,
  io: Io,
): Promise<number> {
  const options = raw as PromoteOptions;
  const { root } = locate(io, options.directory);
  await requireRepository(root);
  await checkName(root, options.as);
  checkReason(options.accept);
  const store = await openStore(root, () => io.date().getTime());
  try {
    const { project, covered, passedOver } = await runsToPromote(store, word, options, io);
    for (const { what, fix } of passedOver) io.stderr(`${what} Passed over: ${fix}\n`);
    const promoted = await Promise.all(
      [...covered].sort(byPath).map((one) => promotedRun(one, { project, store, options, io })),
    );
    const files = [...new Set(covered.flatMap((one) => one.files))].sort();
    const plan = planPromotion(promoted, {
      name: options.as ?? null,
      why: options.message ?? options.accept ?? null,
      who: await userOfGit(root),
      at: io.date().toISOString(),
      files,
    });
    const commit = options.dryRun === true ? null : await commitFiles(root, plan);
    if (commit !== null && (await isDetached(root))) io.stderr(DETACHED);
    if (options.json === true) io.stdout(promotionJson(plan, commit));
    else io.stdout(promotionText(plan, commit, { dry: options.dryRun === true }));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

const byPath = (a: Covered, b: Covered): number => (a.path < b.path ? -1 : 1);

const DETACHED = "HEAD is detached: no branch holds this commit. To keep it on one: git switch -c <name>\n";

/** The run that was named, or the newest of each suite that still exists. */
async function runsToPromote(store: Store, word: string | undefined, options: PromoteOptions, io: Io) {
  const { root } = locate(io, options.directory);
  const known = new Set(suiteNames(root));
  const runs = word === undefined ? newestRuns(store, known) : [findRun(store, word)];
  const gone = runs.find((run) => !known.has(run.header.suite));
  if (gone !== undefined) throw new EvalsError(suiteGone(gone));
  const project = await openProject(io, {
    directory: options.directory,
    suites: [...new Set(runs.map((run) => run.header.suite))],
  });
  return { project, ...(await checkPromotable(project, runs, { explicit: word !== undefined })) };
}

function checkReason(why: string | undefined): void {
  if (why === undefined || why.trim() !== "") return;
  throw new EvalsError({
    code: "EVALS_ACCEPT_REASON",
    what: "--accept gives no reason.",
    why: "Whoever reviews the baseline must see why it may be worse.",
    fix: '--accept "shorter answers, agreed with support"',
  });
}

async function checkName(root: string, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const tag = `evals/${name}`;
  if (name.startsWith("-") || !(await isTagName(root, tag))) {
    throw new EvalsError({
      code: "EVALS_TAG_NAME",
      what: `"${name}" cannot be the name of a tag.`,
      why: "The promotion is tagged evals/<name>, and git refuses such names.",
      fix: "--as v1.2.0, or any name of letters, digits, dots and dashes",
    });
  }
  if (await tagExists(root, tag)) throw new EvalsError(tagTaken(tag));
}

interface Making {
  readonly project: Project;
  readonly store: Store;
  readonly options: PromoteOptions;
  readonly io: Io;
}

async function promotedRun({ run, path }: Covered, making: Making): Promise<PromotedRun> {
  const { project, store, options } = making;
  const { header } = run;
  const before = await baselineBefore(project.root, path, options);
  const cases = store.cases(run.no);
  const whole = baselineOfRun(header, cases, store.scan(run.no), { origins: store.origins(run.no) });
  // Answers that were recorded or scored again were paid for by another run: they are no new evidence.
  const recorded = isRecorded(run);
  const fresh = baselineOfRun(header, cases, recorded ? [] : store.scan(run.no), { fresh: true });
  const grown = options.add === true && before !== null ? growBaseline(before, whole, fresh) : null;
  if (grown !== null) refuseNothingToAdd(run, grown, recorded);
  const baseline = grown?.baseline ?? whole;
  const accepted =
    options.accept === undefined ? undefined : await acceptedChange(run, path, options.accept, making);
  const { metrics } = (run.report ?? {}) as { metrics?: Metrics };
  return {
    header,
    path,
    before,
    grown,
    after: { ...baseline, header: { ...baseline.header, ...(accepted === undefined ? {} : { accepted }) } },
    metrics: metrics ?? {},
    answers: await answersBeside(run, path, baseline, { ...making, grew: grown !== null, recorded }),
  };
}

/** A broken file stands in nobody's way when it is replaced. @throws {EvalsError} where it is added to */
async function baselineBefore(root: string, path: string, { add }: PromoteOptions): Promise<Baseline | null> {
  const text = await readAtCommit(root, "HEAD", path);
  try {
    return text === null ? null : parseBaseline(text, path);
  } catch (error) {
    if (add === true || !(error instanceof EvalsError)) throw error;
    return null;
  }
}

/** Its answers stand in a file, or belong to another run. */
function isRecorded({ header }: StoredRun): boolean {
  return ["outputs", "replay"].includes(header.provider) || header.rescored_from !== null;
}

function refuseNothingToAdd({ header }: StoredRun, grown: GrownBaseline, recorded: boolean): void {
  if (grown.grown + grown.replaced + grown.added + grown.dropped > 0) return;
  throw new EvalsError({
    code: "EVALS_PROMOTE_NOTHING_TO_ADD",
    what: `Run ${header.id} (${header.suite}) adds nothing to the baseline: ${recorded ? "its answers were recorded by another run" : "its trials are in it already, or came from the cache"}.`,
    why: "The same answer counted twice would look like more evidence than there is.",
    fix: `evals run ${header.suite} --no-cache --all-trials && evals promote --add`,
  });
}

/** The file of answers, when it was asked for; one that is there and was not asked for would be of the old baseline. */
async function answersBeside(
  run: StoredRun,
  path: string,
  baseline: Baseline,
  {
    project,
    store,
    options,
    grew,
    recorded,
  }: Making & { readonly grew: boolean; readonly recorded: boolean },
): Promise<PromotedRun["answers"]> {
  const place = answersPath(path);
  const text = await readAtCommit(project.root, "HEAD", place);
  if (options.withAnswers !== true) return text === null ? null : { path: place, text: null };
  const whole = answersToKeep(store, run, { fresh: false });
  if (!grew) return { path: place, text: formatAnswers(whole) };
  const kept = text === null ? new Map() : parseAnswers(text, place);
  const fresh = recorded ? new Map() : answersToKeep(store, run, { fresh: true });
  return { path: place, text: formatAnswers(growAnswers(baseline, run.header.id, { kept, whole, fresh })) };
}

/** What a reviewer approves by merging: from the baseline that the gate will use, to this run. */
async function acceptedChange(run: StoredRun, path: string, why: string, { project, io }: Making) {
  const { header } = run;
  const { root } = project;
  const base = await baseCommit(root, io.env);
  const from =
    (base === null ? null : await promotedRoot(root, base, path)) ?? (await promotedRoot(root, "HEAD", path));
  if (from === null) {
    throw new EvalsError({
      code: "EVALS_PROMOTE_NOTHING_TO_ACCEPT",
      what: `${header.suite} has no baseline yet, so there is no regression to accept.`,
      why: "An accepted change is written down as from one baseline to another.",
      fix: "evals promote, without --accept",
    });
  }
  return { from, to: header.fingerprint, why };
}

/** The branch that this one will be merged into: what CI says, else the remote's default branch. Null without a remote. */
async function baseCommit(root: string, env: Io["env"]): Promise<string | null> {
  const base = baseBranchOf(env);
  for (const ref of base === null ? [] : baseRefs(base, await remoteNames(root)))
    if ((await resolveCommit(root, ref)) !== null) return ref;
  return remoteDefaultBranch(root);
}

async function promotedRoot(root: string, commit: string, path: string): Promise<string | null> {
  const text = await readAtCommit(root, commit, path);
  return text === null ? null : baselineRoot(parseBaseline(text, path));
}
