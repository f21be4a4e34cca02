import { baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import { isAside } from "../../domain/aside-run.ts";
import { listedTarget } from "../../domain/listed-target.ts";
import { everyItem } from "../../domain/pages.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { suiteOf } from "../../domain/project.ts";
import { answersFrom } from "../../domain/recorded-provider.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import type { GateResult, RuleResult } from "../../domain/verdict.ts";
import { notAtHead } from "../../git/not-at-head.ts";
import { readAtCommit } from "../../git/repository.ts";
import { runName } from "../../reports/headline.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "../running/prepare-runs.ts";
import { replaying } from "../running/replay-model.ts";
import { isPlanned, type PlannedSuite } from "../sides/side-source.ts";

/** A run that can be promoted, with the files that are committed together with its baseline. */
export interface Covered {
  readonly run: StoredRun;
  /** Path of the baseline file, relative to the project root. */
  readonly path: string;
  /** Every file that the run's fingerprint depends on, relative to the project root. */
  readonly files: readonly string[];
}

/** The newest run of each suite and target. @param suites names of the suites that still exist */
export async function newestRuns({ read }: Store, suites: ReadonlySet<string>): Promise<StoredRun[]> {
  const newest = new Map<string, number>();
  for await (const run of everyItem((page) => read.runs({}, page))) {
    if (!suites.has(run.header.suite) || isAside(run)) continue;
    const key = `${run.header.suite}\n${listedTarget(run.header) ?? ""}`;
    if (!newest.has(key)) newest.set(key, run.no);
  }
  const runs = await Promise.all([...newest.values()].map((no) => read.run(no)));
  return runs.filter((run) => run !== undefined);
}

/**
 * Replaces each newest run that does not match the current files, because another prompt or model was tried, by the
 * newest run that matches them. If no run matches, the newest run stays, so that the report can explain why it is not
 * promoted.
 */
export async function plannedRuns(
  store: Store,
  newest: readonly StoredRun[],
  plan: readonly PlannedSuite[],
): Promise<StoredRun[]> {
  const chosen = new Map<string, StoredRun>();
  for (const run of newest) {
    const best = isPlanned(run, plan) ? run : ((await newestPlanned(store, run, plan)) ?? run);
    chosen.set(best.header.id, best);
  }
  return [...chosen.values()];
}

/** The newest run of the same suite and target that matches the current files. */
async function newestPlanned(
  { read }: Store,
  { header }: StoredRun,
  plan: readonly PlannedSuite[],
): Promise<StoredRun | undefined> {
  const target = listedTarget(header);
  for await (const one of everyItem((page) => read.runs({ suite: header.suite }, page)))
    if (isPlanned(one, plan) && !isAside(one) && (target === null || listedTarget(one.header) === target))
      return read.run(one.no);
  return undefined;
}

interface PromotableOptions {
  /** Whether the user named the run. */
  readonly explicit: boolean;
  /** Whether the user gave a reason, by `--accept`, why a baseline may be worse. */
  readonly accepts: boolean;
  readonly store: Store;
  readonly io: Environment;
}

/**
 * The runs that can be promoted: those that the files at HEAD would produce again. If the user named no run, the other
 * runs are skipped and reported, as long as at least one run can be promoted. A run that the user named is never
 * skipped: if it cannot be promoted, that is an error.
 *
 * @throws {EvalsError} with the reasons and what to do
 */
export async function checkPromotable(
  project: Project,
  runs: readonly StoredRun[],
  { explicit, accepts, store, io }: PromotableOptions,
): Promise<{ readonly covered: readonly Covered[]; readonly passedOver: readonly Problem[] }> {
  if (runs.length === 0) throw new EvalsError(noRuns());
  const covered: Covered[] = [];
  const problems: Problem[] = [];
  for (const run of runs) {
    const found = await whyNot(project, run, { accepts, store, io });
    if ("problem" in found) problems.push(found.problem);
    else covered.push(found.covered);
  }
  if (problems.length > 0 && (explicit || covered.length === 0)) throw new EvalsError(problems);
  return { covered, passedOver: problems };
}

async function whyNot(
  project: Project,
  run: StoredRun,
  { accepts, store, io }: Omit<PromotableOptions, "explicit">,
): Promise<{ problem: Problem } | { covered: Covered }> {
  const { header, status } = run;
  if (header.drift !== undefined) return { problem: forDrift(run) };
  if (header.narrowing !== null) return { problem: narrowed(run) };
  if (status === "stopped_early") return { problem: stoppedEarly(run) };
  if (status !== "complete") return { problem: incomplete(run) };
  const suite = suiteOf(project, header);
  if (suite?.models.every((model) => model.alias !== header.alias)) {
    return {
      problem: otherModel(
        run,
        suite.models.map((model) => model.alias),
      ),
    };
  }
  const prepared = await planAgain(project, run);
  if (prepared === null) return { problem: otherInputs(run, ["the suite or its model is gone"]) };
  try {
    const { plan } = prepared;
    const files = definingFiles(project, prepared);
    const changed = await notAtHead(project.root, files);
    if (changed.length > 0) return { problem: uncommitted(run, changed) };
    if (plan.fingerprint !== header.fingerprint) return { problem: otherInputs(run, []) };
    const listed = listedTarget(header);
    const path = baselinePath(header.suite, listed);
    if (accepts || (await isAcceptedAtHead(project.root, path, header.fingerprint)))
      return { covered: { run, path, files } };
    const missed = await missedRules(run, store);
    if (missed.length > 0) return { problem: gateFailed(run, missed) };
    const { missedAtHead } = await import("./gate-at-head.ts");
    const now = await missedAtHead(run, prepared, { root: project.root, store, io, listed });
    if (now.length > 0) return { problem: gateFailsAtHead(run, now, path) };
    return { covered: { run, path, files } };
  } finally {
    await closeRuns([prepared]);
  }
}

/** The rules by which the run's gate failed; empty when the gate did not fail. */
export async function missedRules(run: StoredRun, store: Store): Promise<readonly RuleResult[]> {
  const gate = gateOf(run) ?? (await gateOfSameAnswers(run, store));
  if (gate?.outcome !== "failed") return [];
  return gate.rules.filter((one) => one.outcome === "failed" && one.enforced !== false);
}

const gateOf = (run: StoredRun): GateResult | undefined => storedSummary(run).gate;

/** The gate of the run whose answers this run scored again, if the scorers are the same; otherwise undefined. */
async function gateOfSameAnswers({ header }: StoredRun, { read }: Store): Promise<GateResult | undefined> {
  const { rescored_from: from, fingerprint } = header;
  const found = from === null ? [] : await read.runsByPrefix(from);
  const origin = found.find((one) => one.header.id === from);
  return origin?.header.fingerprint === fingerprint ? gateOf(origin) : undefined;
}

/**
 * Whether the baseline at HEAD accepts this result already. Promoting the same result again, for instance to add a
 * tag, makes no baseline worse.
 */
async function isAcceptedAtHead(root: string, path: string, fingerprint: string): Promise<boolean> {
  const text = await readAtCommit(root, "HEAD", path);
  try {
    return text !== null && parseBaseline(text, path).header.accepted?.to === fingerprint;
  } catch (error) {
    if (error instanceof EvalsError) return false;
    throw error;
  }
}

/** Plans the run's suite, model and prompt with the current files; null when one of them is gone. */
async function planAgain(project: Project, { header }: StoredRun): Promise<PreparedRun | null> {
  const suite = suiteOf(project, header);
  const model = project.models.get(header.alias);
  if (suite === undefined || model === undefined) return null;
  const replayed =
    answersFrom(header.provider) === "recording" && model.provider.answersFrom !== "recording"
      ? await replaying()
      : null;
  const models = replayed === null ? [model] : replayed({ ...suite, models: [model] });
  const keyless = {
    ...project,
    env: {
      ...Object.fromEntries((model.provider.keys?.(model.settings) ?? []).map((name) => [name, "unset"])),
      ...project.env,
    },
  };
  const [prepared] = await prepareRuns(
    keyless,
    [suite],
    { narrowing: null, trials: header.trials },
    () => models,
  );
  return prepared ?? null;
}

/** Every file that the fingerprint depends on, relative to the root. */
export function definingFiles(project: Project, { plan }: PreparedRun): string[] {
  const { suite, scorers, target } = plan;
  const files = [
    project.configPlaces.path,
    suite.path,
    ...(suite.codeFiles ?? []),
    plan.datasetPath,
    ...plan.datasetFiles,
    ...(suite.prompt === null ? [] : [suite.prompt.version.path]),
    ...scorers.flatMap((one) => one.files),
    ...target.files,
  ];
  return [...new Set(files)].sort();
}

const problemOf = (run: StoredRun, code: string, what: string, why: string, fix: string): Problem => ({
  code,
  what: `Run ${run.header.id} (${runName(run.header)}) cannot be promoted: ${what}.`,
  why,
  fix,
});

function noRuns(): Problem {
  return {
    code: "EVALS_PROMOTE_NO_RUN",
    what: "There is no run in the history yet.",
    why: "A baseline is made from a run.",
    fix: "evals run && evals promote",
  };
}

function forDrift(run: StoredRun): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_DRIFT",
    "`evals drift` made this run to compare it with the baseline",
    "A baseline made from such a run would contain the drift that it should reveal.",
    `evals run ${run.header.suite} && evals promote`,
  );
}

function narrowed(run: StoredRun): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_NARROWED",
    "it ran only some of the cases",
    "The new baseline would lack the other cases.",
    `evals run ${run.header.suite} && evals promote`,
  );
}

function stoppedEarly(run: StoredRun): Problem {
  const { id } = run.header;
  return problemOf(
    run,
    "EVALS_PROMOTE_STOPPED_EARLY",
    "it stopped early, when the verdict was settled",
    "The estimate of a run that stopped early tends to be exaggerated, and a baseline must not be exaggerated.",
    // A gate that failed fails again, so `&&` would not reach the promotion.
    gateOf(run)?.outcome === "failed"
      ? `Fix the cause and run again; or, if the change is intended: ${resumeCommand(run.header, ["--all-trials"])} || evals promote ${id} --accept "<why>"`
      : `${resumeCommand(run.header, ["--all-trials"])} && evals promote ${id}`,
  );
}

function incomplete(run: StoredRun): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_INCOMPLETE",
    "some trials errored or were skipped",
    "A missing trial has no result, so a baseline from this run would be incomplete.",
    resumeCommand(run.header),
  );
}

function uncommitted(run: StoredRun, changed: readonly string[]): Problem {
  const named = changed.slice(0, 3).join(", ");
  return problemOf(
    run,
    "EVALS_PROMOTE_UNCOMMITTED",
    `${named}${changed.length > 3 ? ` and ${changed.length - 3} more ${changed.length === 4 ? "file" : "files"}` : ""} ${changed.length === 1 ? "differs" : "differ"} from HEAD`,
    "A baseline is committed together with the files that it was made from.",
    `git add ${toAdd(changed).join(" ")} && git commit, then evals promote ${run.header.id}`,
  );
}

/** What to type after `git add`: the files or, if there are more than six, the folders of the project's root. */
function toAdd(files: readonly string[]): string[] {
  const places = files.length <= 6 ? files : [...new Set(files.map((file) => file.replace(/\/.*/s, "")))];
  return places.map((place) => (/^[\w./@+-]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`));
}

function otherModel(run: StoredRun, aliases: readonly string[]): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_OTHER_MODEL",
    `it ran with --model ${run.header.alias}, and the suite's model is ${aliases.join(", ")}`,
    "A baseline is the result of the suite as it is in HEAD.",
    `Write model: ${run.header.alias} into evals/${run.header.suite}.yaml, commit, run and promote; or evals run ${run.header.suite} && evals promote`,
  );
}

/** The problem of a run whose suite was deleted. */
export function suiteGone(run: StoredRun): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_SUITE_GONE",
    `there is no evals/${run.header.suite}.yaml any more`,
    "A baseline belongs to a suite that can be run.",
    "Restore the suite's file, or promote a run of another suite: evals history",
  );
}

function gateFailed(run: StoredRun, missed: readonly RuleResult[]): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_GATE_FAILED",
    `its gate failed (${missed.map(({ rule }) => rule).join(", ")})`,
    "As a baseline, this run would lower the bar for every later run, without a stated reason.",
    `Fix the cause and run again; or, if the change is intended: evals promote ${run.header.id} --accept "<why>"`,
  );
}

function gateFailsAtHead(run: StoredRun, missed: readonly RuleResult[], path: string): Problem {
  const { why, fix } = gateFailed(run, missed);
  const rules = missed.map(({ rule }) => rule).join(", ");
  const what =
    gateOf(run) === undefined
      ? `no gate has judged it yet, and the gate of its suite fails it (${rules})`
      : `its gate did not compare it with ${path} at HEAD, and compared with that file it fails (${rules})`;
  return problemOf(run, "EVALS_PROMOTE_GATE_FAILED", what, why, fix);
}

function otherInputs(run: StoredRun, because: readonly string[]): Problem {
  return problemOf(
    run,
    "EVALS_PROMOTE_OTHER_INPUTS",
    because[0] ?? "prompt, model, cases or scorers have changed since the run was made",
    "A run of the files at HEAD would not give these results.",
    `evals run ${run.header.suite} && evals promote`,
  );
}
