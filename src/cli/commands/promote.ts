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
import { type PromotedRun, planPromotion } from "../../baselines/promotion.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { Metrics } from "../../domain/run.ts";
import type { GateResult } from "../../domain/verdict.ts";
import { commitFiles } from "../../git/commit-files.ts";
import { isDetached, readAtCommit, remoteDefaultBranch, userOfGit } from "../../git/repository.ts";
import { requireRepository } from "../../git/require-repository.ts";
import { isTagName, tagExists, tagTaken } from "../../git/tags.ts";
import { baseOfChange } from "../../operations/project/base-of-change.ts";
import { findRun } from "../../operations/project/find-run.ts";
import { locate, openProject } from "../../operations/project/open-project.ts";
import { suiteNames } from "../../operations/project/suite-names.ts";
import { answersToKeep } from "../../operations/promoting/answers-to-keep.ts";
import {
  type Covered,
  checkPromotable,
  missedRules,
  newestRuns,
  plannedRuns,
  suiteGone,
} from "../../operations/promoting/promotable.ts";
import { baselineRoot } from "../../operations/sides/file-side.ts";
import { plannedSuites } from "../../operations/sides/side-source.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { promotionJson, promotionText } from "../promotion-text.ts";

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
  const { prefix } = await requireRepository(root);
  await checkName(root, options.as);
  checkReason(options.accept);
  const store = await openStore(root, () => io.date().getTime());
  try {
    const { project, covered, passedOver } = await runsToPromote(store, word, options, io);
    for (const { what, fix } of passedOver) io.stderr(`${what} Passed over: ${fix}\n`);
    const making = { project, store, options, io };
    const every = await Promise.all([...covered].sort(byPath).map((one) => promotedRun(one, making)));
    refuseNothingToAccept(every, making);
    const idle = every.filter((one) => addsNothing(one));
    if (word !== undefined && idle.length > 0) throw new EvalsError(idle.map(nothingToAdd));
    for (const one of idle) io.stderr(`${nothingToAdd(one).what} Passed over.\n`);
    for (const one of every) {
      const still = options.accept === undefined ? [] : stillMissed(missedRules(one.run, store));
      if (still.length > 0) io.stderr(stillMissedText(one, still));
    }
    const files = [...new Set(covered.flatMap((one) => one.files))].sort();
    const plan = planPromotion(
      every.filter((one) => !addsNothing(one)),
      {
        name: options.as ?? null,
        why: options.message ?? options.accept ?? null,
        who: await userOfGit(root),
        at: io.date().toISOString(),
        project: prefix.replace(/\/$/, ""),
        files,
        // A tag holds every baseline that stands there, grown or not.
        tagged: every,
      },
    );
    const nothing = plan.runs.length === 0 && plan.tag === null;
    const commit = options.dryRun === true || nothing ? null : await commitFiles(root, plan);
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
  const asked = { explicit: word !== undefined, accepts: options.accept !== undefined, store };
  const chosen = word === undefined ? plannedRuns(store, runs, plannedSuites(project)) : runs;
  return { project, ...(await checkPromotable(project, chosen, asked)) };
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

/** A run on its way into its baseline. */
interface Promoting extends PromotedRun {
  readonly run: StoredRun;
}

async function promotedRun({ run, path }: Covered, making: Making): Promise<Promoting> {
  const { project, store, options } = making;
  const { header } = run;
  const before = await baselineBefore(project.root, path, options);
  const cases = store.cases(run.no);
  const whole = baselineOfRun(header, cases, store.scan(run.no), { origins: store.origins(run.no) });
  // Answers that were recorded or scored again were paid for by another run: they are no new evidence.
  const recorded = isRecorded(run);
  const fresh = baselineOfRun(header, cases, recorded ? [] : store.scan(run.no), { fresh: true });
  const grown = options.add === true && before !== null ? growBaseline(before, whole, fresh) : null;
  const accepted =
    options.accept === undefined ? null : await acceptedChange(run, path, options.accept, making);
  const baseline = settleBaseline(before, grown?.baseline ?? whole, accepted);
  const { metrics, gate } = (run.report ?? {}) as { metrics?: Metrics; gate?: GateResult };
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

/** It was to be added to a baseline, and has nothing that is not in it. */
function addsNothing({ grown }: Promoting): boolean {
  return grown !== null && grown.grown + grown.replaced + grown.added + grown.dropped === 0;
}

function nothingToAdd({ run }: Promoting): Problem {
  const { header } = run;
  return {
    code: "EVALS_PROMOTE_NOTHING_TO_ADD",
    what: `Run ${header.id} (${header.suite}) adds nothing to the baseline: ${isRecorded(run) ? "its answers were recorded by another run, and the same recorded answers are no new evidence" : "its trials are in it already, or came from the cache"}.`,
    why: "The same answer counted twice would look like more evidence than there is.",
    fix: `evals run ${header.suite} --no-cache --all-trials && evals promote --add`,
  };
}

/** What an acceptance leaves as it is: it speaks of the regression rule alone. */
function stillMissed(missed: readonly string[]): readonly string[] {
  return missed.filter((rule) => !rule.startsWith("regression "));
}

function stillMissedText({ header }: Promoting, rules: readonly string[]): string {
  return `${header.suite} still misses ${rules.join(", ")}: --accept clears the regression rule alone, and CI goes on failing by ${rules.length === 1 ? "it" : "them"}.\n`;
}

/** The file of answers, when it was asked for; one that is there and was not asked for would be of the old baseline. */
async function answersBeside(
  run: StoredRun,
  path: string,
  { before, baseline, grew, recorded }: Written,
  { project, store, options }: Making,
): Promise<PromotedRun["answers"]> {
  const place = answersPath(path);
  const text = await readAtCommit(project.root, "HEAD", place);
  if (options.withAnswers !== true) return text === null ? null : { path: place, text: null };
  const kept = answersBefore(text, place, grew);
  const whole = answersToKeep(store, run, { fresh: false });
  const fresh = recorded || !grew ? new Map() : answersToKeep(store, run, { fresh: true });
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

/** A broken file stands in nobody's way when it is replaced. @throws {EvalsError} where it is added to */
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

/** A reason belongs to something: a baseline that got worse, or a first run that misses what its suite requires. */
function refuseNothingToAccept(all: readonly Promoting[], { options, store }: Making): void {
  if (options.accept === undefined) return;
  if (all.some((one) => one.accepted !== null || missedRules(one.run, store).length > 0)) return;
  throw new EvalsError({
    code: "EVALS_PROMOTE_NOTHING_TO_ACCEPT",
    what: `${all.map((one) => one.header.suite).join(", ")} ${all.length === 1 ? "has" : "have"} no baseline yet, so there is no regression to accept.`,
    why: "An accepted change is written down as from one baseline to another.",
    fix: "evals promote, without --accept",
  });
}

/** The branch that this one will be merged into: what CI says, else the remote's default branch. Null without a remote. */
async function baseCommit(root: string, env: Io["env"]): Promise<string | null> {
  const base = await baseOfChange(root, { env });
  if (base.kind === "seen") return base.ref;
  return remoteDefaultBranch(root);
}

async function promotedRoot(root: string, commit: string, path: string): Promise<string | null> {
  const text = await readAtCommit(root, commit, path);
  return text === null ? null : baselineRoot(parseBaseline(text, path));
}
