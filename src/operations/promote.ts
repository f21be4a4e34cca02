import { baselineRate, movedBy, planPromotion } from "../baselines/promotion.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { PromotedSuite, Promotion } from "../domain/promotion.ts";
import { isInline } from "../domain/prompt.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { commitFiles } from "../git/commit-files.ts";
import { isDetached, userOfGit } from "../git/repository.ts";
import { requireRepository } from "../git/require-repository.ts";
import { isTagName, tagExists, tagTaken } from "../git/tags.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { findRun } from "./project/find-run.ts";
import { locate, openProject } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { suiteNames } from "./project/suite-names.ts";
import {
  type Covered,
  checkPromotable,
  missedRules,
  newestRuns,
  plannedRuns,
  suiteGone,
} from "./promoting/promotable.ts";
import {
  isRecorded,
  type Making,
  type Promoting,
  type PromotionChoices,
  promotedRun,
} from "./promoting/promoted-run.ts";
import { plannedSuites } from "./sides/side-source.ts";

/** What to promote, and how. */
export interface PromoteInput extends PromotionChoices {
  readonly directory?: string | undefined;
  /** A run's id, a prefix of it, or `latest`; default the newest run of each suite. */
  readonly run?: string | undefined;
  /** Name for a tag of the commit: `evals/<as>`. */
  readonly as?: string | undefined;
  /** The reason, for the commit and the tag. */
  readonly message?: string | undefined;
  /** Whether to only report what would be written, and write nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Makes runs the baselines of their suites, in one commit. The runs must be complete, and made from committed files.
 *
 * @throws {EvalsError} with the reasons when that is impossible
 */
export async function promote(io: Environment, input: PromoteInput): Promise<Promotion> {
  const { root } = locate(io, input.directory);
  const { prefix } = await requireRepository(root);
  await checkName(root, input.as);
  checkReason(input.accept);
  const store = await openStoredHistory(root, io);
  try {
    const { project, covered, passedOver } = await runsToPromote(store, input, io);
    for (const { what, fix } of passedOver) io.notice(`${what} It is skipped. To promote it: ${fix}`);
    const path = prefix.replace(/\/$/, "");
    const making = { project, projectPath: path === "" ? "." : path, store, input, io };
    const every = await Promise.all([...covered].sort(byPath).map((one) => promotedRun(one, making)));
    await refuseNothingToAccept(every, making);
    await noticeWhatStays(every, input, making);
    const growing = every.filter((one) => !addsNothing(one));
    const plan = planPromotion(growing, {
      name: input.as ?? null,
      why: input.message ?? input.accept ?? null,
      who: await userOfGit(root),
      at: io.date().toISOString(),
      project: path,
      files: [...new Set(covered.flatMap((one) => one.files))].sort(),
      // A tag covers the baselines of all runs, also of those that add nothing to their baseline.
      tagged: every,
    });
    const nothing = plan.runs.length === 0 && plan.tag === null;
    const commit = input.dryRun === true || nothing ? null : await commitFiles(root, plan);
    if (commit !== null && (await isDetached(root))) io.notice(DETACHED);
    const tag = plan.tag?.name ?? null;
    return { promoted: growing.map(promotedSuite), commit, tag, dry: input.dryRun === true };
  } finally {
    store.close();
  }
}

function promotedSuite(one: Promoting): PromotedSuite {
  const { header, path, before, after, accepted, grown, metrics, answers } = one;
  return {
    ...{ header, path, accepted, grown, ...movedBy(one) },
    cases: after.cases.length,
    was: before?.header.target ?? null,
    pass_rate: grown === null ? (metrics.pass_rate?.value ?? null) : baselineRate(after),
    was_rate: before === null ? null : baselineRate(before),
    answers: answers === null ? null : { path: answers.path, kept: answers.text !== null },
  };
}

/**
 * Tells the user about runs that add nothing to a baseline, about rules that `--accept` does not clear, and about
 * inline prompts.
 *
 * @throws {EvalsError} when the user named a run that adds nothing
 */
async function noticeWhatStays(
  every: readonly Promoting[],
  input: PromoteInput,
  { project, store, io }: Making,
): Promise<void> {
  const idle = every.filter((one) => addsNothing(one)).map(nothingToAdd);
  if (input.run !== undefined && idle.length > 0) throw new EvalsError(idle);
  for (const { what } of idle) io.notice(`${what} It is skipped.`);
  for (const one of every) {
    const still = input.accept === undefined ? [] : stillMissed(await missedRules(one.run, store));
    if (still.length > 0) io.notice(stillMissedText(one, still));
  }
  for (const suite of new Set(every.map(({ header }) => header.suite))) {
    const prompt = project.suites.find(({ name }) => name === suite)?.prompt ?? null;
    if (prompt !== null && isInline(prompt.version)) io.notice(noVersionText(suite, prompt.version.path));
  }
}

/** The notice about a prompt that is written in the suite: a baseline of it publishes no version of the prompt. */
const noVersionText = (suite: string, path: string): string =>
  `The suite file ${path} contains its prompt, so the promotion publishes no version of the prompt, only the results. To move the prompt into a versioned file: evals split ${suite}`;

const byPath = (a: Covered, b: Covered): number => (a.path < b.path ? -1 : 1);

const DETACHED =
  "HEAD is detached: no branch contains this commit. To keep the commit on a branch: git switch -c <name>";

/** The named run, or the newest run of each existing suite. */
async function runsToPromote(store: Store, input: PromoteInput, io: Environment) {
  const { run: word, directory } = input;
  const { root } = locate(io, directory);
  const known = new Set(suiteNames(root));
  const runs = word === undefined ? await newestRuns(store, known) : [await findRun(store, word)];
  const gone = runs.find((run) => !known.has(run.header.suite));
  if (gone !== undefined) throw new EvalsError(suiteGone(gone));
  const project = await openProject(io, {
    directory,
    suites: [...new Set(runs.map((run) => run.header.suite))],
  });
  const asked = { explicit: word !== undefined, accepts: input.accept !== undefined, store, io };
  const chosen = word === undefined ? await plannedRuns(store, runs, plannedSuites(project)) : runs;
  return { project, ...(await checkPromotable(project, chosen, asked)) };
}

function checkReason(why: string | undefined): void {
  if (why === undefined || why.trim() !== "") return;
  throw new EvalsError({
    code: "EVALS_ACCEPT_REASON",
    what: "--accept gives no reason.",
    why: "A reviewer of the baseline must see why it may be worse.",
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

/** Whether a run was to be added to a baseline, but has no trial that would change the baseline. */
function addsNothing({ grown }: Promoting): boolean {
  return grown !== null && grown.grown + grown.replaced + grown.added + grown.dropped === 0;
}

function nothingToAdd({ run }: Promoting): Problem {
  const { header } = run;
  return {
    code: "EVALS_PROMOTE_NOTHING_TO_ADD",
    what: `Run ${header.id} (${header.suite}) adds nothing to the baseline: ${isRecorded(run) ? "its answers were recorded by another run, and the same recorded answers are no new evidence" : "the baseline has the run's trials already, or they came from the cache"}.`,
    why: "The same answer counted twice would look like more evidence than there is.",
    fix: `evals run ${header.suite} --no-cache --all-trials && evals promote --add`,
  };
}

/** The missed rules that `--accept` does not clear: all but the regression rule. */
function stillMissed(missed: readonly RuleResult[]): readonly RuleResult[] {
  return missed.filter(({ kind }) => kind !== "regression");
}

function stillMissedText({ header }: Promoting, rules: readonly RuleResult[]): string {
  return `${header.suite} still misses ${rules.map(({ rule }) => rule).join(", ")}: --accept clears only the regression rule, so CI will keep failing because of ${rules.length === 1 ? "this rule" : "these rules"}.`;
}

/**
 * Refuses `--accept` when there is nothing to accept: neither a run that is worse than its baseline, nor a
 * first run that misses its suite's requirements.
 */
async function refuseNothingToAccept(all: readonly Promoting[], { input, store }: Making): Promise<void> {
  if (input.accept === undefined || all.some((one) => one.accepted !== null)) return;
  for (const { run } of all) if ((await missedRules(run, store)).length > 0) return;
  throw new EvalsError({
    code: "EVALS_PROMOTE_NOTHING_TO_ACCEPT",
    what: `${all.map((one) => one.header.suite).join(", ")} ${all.length === 1 ? "has" : "have"} no baseline yet, so there is no regression to accept.`,
    why: "An acceptance is recorded as a change from one baseline to the next.",
    fix: "evals promote, without --accept",
  });
}
