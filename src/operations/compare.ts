import { canaryAgainst, withCanary } from "../baselines/canary.ts";
import { withExamples } from "../baselines/case-examples.ts";
import { compareSides, worstVerdict } from "../baselines/compare-sides.ts";
import { holdContract, movementOf } from "../baselines/contract.ts";
import { regressionRules } from "../baselines/regression-results.ts";
import { SAME_RECORDING } from "../baselines/same-recording.ts";
import { type SharedAnswers, withShared } from "../baselines/shared-answers.ts";
import type { Side } from "../baselines/side.ts";
import { EXIT } from "../domain/exit-code.ts";
import type { FingerprintParts } from "../domain/fingerprint-parts.ts";
import { allItems } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Comparison, PartDifference } from "../domain/report.ts";
import { isUnfinished } from "../domain/run.ts";
import { Gate, type RegressionRule } from "../domain/suite.ts";
import type { Verdict } from "../domain/verdict.ts";
import { unfinishedSentence } from "../reports/unfinished.ts";
import { differingParts } from "../run/fingerprint-parts.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { declaredChange, factsOfBaseline, factsOfRun, type SideFacts } from "./gating/declared-change.ts";
import { locate, openProject } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { openWrittenHistory } from "./project/stored-history.ts";
import type { RunHooks } from "./run-watcher.ts";
import { RunRequest } from "./running/run-request.ts";
import { resolveSides } from "./sides/diff-sides.ts";
import type { RunSides } from "./sides/missing-sides.ts";
import type { SidePair } from "./sides/pair-sides.ts";
import { partsOfRun, partsOfSide } from "./sides/run-parts.ts";
import type { SideSource } from "./sides/side-source.ts";
import { withPressure } from "./sides/stored-side.ts";

export interface CompareInput {
  readonly directory: string | undefined;
  /** The first side: `run:ID`, `latest`, `prompt:name@1.2.0`, `ref:main`, `file:outputs.jsonl`. */
  readonly baseline: string;
  /**
   * The second side, like the first; by default the newest run. But if `baseline` is a run and this is undefined, that
   * run is the second side, and the first is the baseline that its gate compared it with.
   */
  readonly candidate: string | undefined;
  /** Callbacks for running a side that has no result yet; null when a side without a result is a mistake. */
  readonly runMissing: RunHooks | null;
}

/** A comparison of a suite's two sides, and what was changed: the parts of their fingerprints that differ. */
export interface ComparedSides {
  readonly comparison: Comparison;
  readonly differing: readonly PartDifference[];
}

export interface ComparedSuites {
  /** One per suite and model. */
  readonly compared: readonly ComparedSides[];
  /** Comparisons whose two sides take their answers from the same recording: cases can be listed, but nothing was measured. */
  readonly recorded: readonly Comparison[];
  /** The worst verdict; `none` when nothing was measured. */
  readonly verdict: Verdict | "none";
  /** The exit code: 1 only for a regression, 3 when nothing can be compared, else 0. */
  readonly exit: number;
}

/**
 * Compares two sides of each suite, case by case.
 *
 * @throws {EvalsError} for a side that is unknown, ambiguous, or was never run
 */
export async function compare(
  environment: Environment,
  { directory, baseline, candidate, runMissing }: CompareInput,
): Promise<ComparedSuites> {
  const { root } = locate(environment, directory);
  const store = await openWrittenHistory(root, environment);
  const place: ComparingPlace = { store, environment, directory };
  try {
    const { pairs, recorded } = await resolveSides({
      store,
      root,
      io: environment,
      directory,
      a: baseline,
      b: candidate,
      runMissing: runMissing === null ? null : runningSides(environment, runMissing),
    });
    for (const { suite } of recorded) environment.notice(`${suite}: ${SAME_RECORDING}`);
    for (const line of unfinishedSides(pairs)) environment.notice(line);
    const compared: ComparedSides[] = [];
    for (const pair of pairs) {
      const comparison = await comparePair(pair, place);
      const [before, after] = [await partsOf(pair.base, store), await partsOf(pair.candidate, store)];
      compared.push({ comparison, differing: differingParts(before, after) });
    }
    const verdict =
      pairs.length === 0 ? "none" : worstVerdict(compared.map(({ comparison }) => comparison.verdict));
    return {
      compared,
      recorded: await Promise.all(recorded.map((pair) => comparePair(pair, place))),
      verdict,
      exit: exitFor(verdict),
    };
  } finally {
    store.close();
  }
}

/** Loads the code of a run only when a side is run, because most comparisons do not need it. */
function runningSides(environment: Environment, hooks: RunHooks): RunSides {
  return async (request) => {
    const { runSuites } = await import("./run-suites.ts");
    return runSuites(environment, { request: RunRequest.parse(request), ...hooks }, () => {});
  };
}

function exitFor(verdict: Verdict | "none"): number {
  if (verdict === "regressed") return EXIT.failed;
  return verdict === "incomparable" ? EXIT.undecided : EXIT.ok;
}

interface ComparingPlace {
  readonly store: Store;
  readonly environment: Environment;
  readonly directory: string | undefined;
}

/** Notes about runs that have not ended and so lack trials. */
function unfinishedSides(pairs: readonly SidePair[]): string[] {
  const runs = pairs.flatMap(({ base, candidate }) => [base.run, candidate.run]);
  return runs.flatMap((run) =>
    run === null || !isUnfinished(run.status)
      ? []
      : [`Run ${run.header.id} has not ended. ${unfinishedSentence(run.header, run.status)}`],
  );
}

async function partsOf({ run, read }: SideSource, store: Store): Promise<FingerprintParts> {
  return run === null ? partsOfSide(await read()) : partsOfRun(store, run);
}

async function comparePair(
  { base, candidate, suite }: SidePair,
  { store, environment, directory }: ComparingPlace,
): Promise<Comparison> {
  const before = await withPressure(await base.read(), base.run, store);
  const isNarrowed = candidate.run !== null && candidate.run.header.narrowing !== null;
  const after = await withPressure(await candidate.read(), candidate.run, store);
  const { comparison: compared, findings } = withCanary(
    compareSides(before, after, {
      rules: await rulesOf(suite, environment, directory),
      narrowed: isNarrowed,
    }),
    canaryAgainst(before, candidate.run?.report ?? null),
  );
  const { root: home } = locate(environment, directory);
  const declared = await declaredChange(await factsOf(base, store), await factsOf(candidate, store), {
    io: environment,
    home,
  });
  const grown = await withGrowth(compared, before, after, isNarrowed);
  const comparison =
    declared === null
      ? grown
      : { ...grown, contract: holdContract(declared.change, movementOf(findings), declared.changes) };
  const named = {
    ...withShared(comparison, await sharedBy(base, candidate, store)),
    ...targetOf(base, candidate),
  };
  if (candidate.run === null) return named;
  const isRestricted = restrictedRuns(home);
  return isRestricted(candidate.run.header) || (base.run !== null && isRestricted(base.run.header))
    ? named
    : withExamples(named, store, base.run, candidate.run);
}

/** Adds the failure classes that are more frequent on the candidate's side. Does nothing if a side has no classes. */
async function withGrowth(compared: Comparison, base: Side, candidate: Side, narrowed: boolean) {
  if (base.failures === undefined || candidate.failures === undefined) return compared;
  const { withGrownFailures } = await import("../baselines/compare-failures.ts");
  return withGrownFailures(compared, base, candidate, narrowed);
}

/**
 * Counts the candidate's answers (`of`), and how many of these the baseline has too (`shared`): shared answers are
 * not independent evidence. Both numbers are 0 when the sides' scorers differ, because then each side scored the
 * answers for itself.
 */
async function sharedBy(base: SideSource, candidate: SideSource, { read }: Store): Promise<SharedAnswers> {
  if (base.run === null || candidate.run === null) return { shared: 0, of: 0 };
  const scorers = ({ header }: StoredRun): string => header.scorers.map((one) => one.hash).join();
  if (scorers(base.run) !== scorers(candidate.run)) return { shared: 0, of: 0 };
  const idsOf = ({ no }: StoredRun) => allItems((page) => read.answerIds(no, page));
  const before = new Set(await idsOf(base.run));
  const after = await idsOf(candidate.run);
  return { shared: after.filter((id) => before.has(id)).length, of: after.length };
}

/** The prompt and alias by which the comparisons of a suite with several targets can be distinguished. */
function targetOf(base: SideSource, candidate: SideSource): Pick<Comparison, "prompt" | "alias"> {
  return { ...base.several, ...candidate.several };
}

async function factsOf({ run, model, commit, read }: SideSource, store: Store): Promise<SideFacts> {
  return run === null ? factsOfBaseline(await read(), model, commit) : factsOfRun(store, run);
}

/** The regression rules of the suite's gate; the default rules if it has none, or the suite cannot be read. */
async function rulesOf(
  suite: string,
  environment: Environment,
  directory: string | undefined,
): Promise<readonly RegressionRule[]> {
  const defaults = regressionRules(Gate.parse({}));
  try {
    const project = await openProject(environment, { directory, suites: [suite] });
    const rules = regressionRules(project.suites[0]?.suite.gate ?? Gate.parse({}));
    return rules.length === 0 ? defaults : rules;
  } catch (error) {
    if (error instanceof EvalsError) return defaults;
    throw error;
  }
}
