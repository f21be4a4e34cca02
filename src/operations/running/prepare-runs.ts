import type { CaseSource } from "../../domain/case.ts";
import { isRestricted } from "../../domain/classification.ts";
import { DEFAULT_CONCURRENCY, DEFAULT_TRIALS } from "../../domain/config.ts";
import { forbidsCode } from "../../domain/no-exec.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Project } from "../../domain/project.ts";
import type { OpenTarget } from "../../domain/provider.ts";
import type { Narrowing } from "../../domain/run.ts";
import type { OpenScorer } from "../../domain/scorer.ts";
import { checkCases } from "../../project/check-cases.ts";
import { type JudgePool, judgePool } from "../../run/judge-pool.ts";
import { selectCases } from "../../run/narrow-cases.ts";
import { openEachScorer, scorerHost, withUnopened } from "../../run/open-scorers.ts";
import { openTarget } from "../../run/open-target.ts";
import { makePlan, type Plan, type PlanInput } from "../../run/plan.ts";
import type { NarrowingFor } from "./failing-cases.ts";
import type { SeenCases } from "./nothing-chosen.ts";
import type { PressedSuite } from "./pressed-suite.ts";
import { replayOf } from "./replay-model.ts";
import { unusableKeys } from "./unusable-keys.ts";
import { withConversation } from "./with-conversation.ts";

/** One run, ready to start: all checks are done. */
export interface PreparedRun {
  readonly plan: Plan;
  readonly cases: CaseSource;
  readonly target: OpenTarget;
  readonly scorers: readonly OpenScorer[];
  readonly judges: JudgePool;
  readonly concurrency: number;
  /** The pressure on the run's passing trials; null without pressure. */
  readonly pressed: PressedSuite | null;
}

export interface PrepareOptions {
  readonly narrowing: Narrowing | null | NarrowingFor;
  readonly trials?: number | undefined;
  readonly concurrency?: number | undefined;
  /**
   * `ask`: judges' models will be asked, so their keys must be set. `replay`: judges use recordings. Undefined: judges
   * are not asked.
   */
  readonly judges?: "ask" | "replay" | undefined;
  /** Whether variants will be asked. If so, a kind of pressure that cannot be applied is a mistake. */
  readonly presses?: boolean | undefined;
  /** Whether tools are to be recorded, so that they are run even if a suite names a recording. */
  readonly liveTools?: boolean | undefined;
  /** Maximum characters of requests kept in memory, so that they need not be rendered again for sending. */
  readonly keptRequests?: number | undefined;
}

/**
 * Plans every selected suite with each of its models, before any of them is run.
 *
 * @throws {EvalsError} with the mistakes of all suites
 */
export async function prepareRuns(
  project: Project,
  suites: readonly LoadedSuite[],
  options: PrepareOptions,
  modelsOf: (suite: LoadedSuite) => readonly LoadedModel[] = (suite) => suite.models,
): Promise<PreparedRun[]> {
  await refuseCodeOf(project, suites, modelsOf);
  const prepared: PreparedRun[] = [];
  const problems: Problem[] = [];
  const seen: SeenCases = { ids: new Set(), tags: new Set(), narrowings: new Map() };
  for (const suite of suites) {
    for (const model of modelsOf(suite)) {
      try {
        const one = await prepareRun(project, suite, model, options, seen);
        if (one !== null) prepared.push(one);
      } catch (error) {
        if (!(error instanceof EvalsError)) throw error;
        const { suiteMistakes } = await import("../project/further-mistakes.ts");
        problems.push(...error.problems, ...elsewhere(await suiteMistakes(project, suite), error.problems));
      }
    }
  }
  if (problems.length === 0 && prepared.length === 0) {
    const { nothingChosen } = await import("./nothing-chosen.ts");
    problems.push(...nothingChosen(seen));
  }
  if (problems.length > 0) {
    await closeRuns(prepared);
    throw new EvalsError(distinct(problems));
  }
  return prepared;
}

/**
 * Refuses suites that would run the project's code when this is forbidden.
 *
 * @throws {EvalsError} with every place that would run code
 */
export async function refuseCodeOf(
  project: Project,
  suites: readonly LoadedSuite[],
  modelsOf: (suite: LoadedSuite) => readonly LoadedModel[],
): Promise<void> {
  if (!forbidsCode(project.env)) return;
  const { codeOfSuite } = await import("../../project/find-code.ts");
  const found = await Promise.all(suites.map((suite) => codeOfSuite(project, suite, modelsOf(suite))));
  if (found.flat().length > 0) throw new EvalsError(distinct(found.flat()));
}

export async function closeRuns(runs: readonly PreparedRun[]): Promise<void> {
  for (const one of runs) await closeOpened(one);
}

async function prepareRun(
  project: Project,
  suite: LoadedSuite,
  model: LoadedModel,
  options: PrepareOptions,
  seen: SeenCases,
): Promise<PreparedRun | null> {
  const concurrency =
    options.concurrency ??
    suite.suite.concurrency ??
    project.config.defaults.concurrency ??
    DEFAULT_CONCURRENCY;
  const judges = judgePool(project, {
    concurrency,
    instead: options.judges === "replay" ? await replayOf() : undefined,
  });
  const opened: Opened = { judges };
  try {
    const cases = await suite.openCases();
    opened.cases = cases;
    const host = scorerHost(project, { concurrency, judges: judges.host });
    const each = await openEachScorer(suite, host);
    const scorers = each.open;
    opened.scorers = scorers;
    const judging = options.judges === undefined ? [] : judges.models();
    const others = [...judging, ...(suite.person === undefined ? [] : [suite.person.model])];
    const found = [
      ...each.problems,
      ...(await checkCases(suite, cases, withUnopened(suite, each))),
      ...[model, ...others.filter((one) => one !== model)].flatMap((one) => unusableKeys(project, one)),
    ];
    if (found.length > 0) throw new EvalsError(found);
    const narrowing =
      typeof options.narrowing === "function" ? await options.narrowing(suite, model) : options.narrowing;
    const selected = selectCases(cases, suite.suite.filter, narrowing);
    if (selected.length === 0 && narrowing !== null) {
      noteCases(cases, seen);
      seen.narrowings.set(JSON.stringify(narrowing), narrowing);
      await closeOpened(opened);
      return null;
    }
    const asked = await openTarget(project, model, { concurrency, caseIds: () => idsOf(cases) });
    opened.target = asked;
    const { liveTools } = options;
    const converses = suite.suite.agent !== undefined || suite.suite.user !== undefined;
    const namedTools = converses ? (await import("./named-tools.ts")).namedTools(scorers) : undefined;
    const target = await withConversation(asked, { project, suite, concurrency, liveTools, namedTools });
    opened.target = target;
    if (converses) {
      const { checkConversation } = await import("./check-conversation.ts");
      const useless = checkConversation(suite, cases, target, scorers);
      if (useless.length > 0) throw new EvalsError(useless);
    }
    const pressed =
      suite.suite.pressure === undefined
        ? null
        : (await import("./pressed-suite.ts")).preparePressure(
            suite,
            cases,
            target,
            options.presses === true,
          );
    const trials = options.trials ?? suite.suite.trials ?? project.config.defaults.trials ?? DEFAULT_TRIALS;
    const input = {
      ...{ suite, model, target, scorers, cases, selected, judges, narrowing, trials },
      sameTrials: options.trials !== undefined,
      redaction: project.redaction,
      keptRequests: options.keptRequests,
      restricted: isRestricted(project.config.datasets, cases.path),
      ...(narrowing === null ? {} : { suiteCases: selectCases(cases, suite.suite.filter, null).length }),
      ...(pressed === null ? {} : { pressure: pressed.plan }),
    };
    const plan = makePlan(
      narrowing?.shard ? { ...input, wholeFingerprint: wholeFingerprint(input, narrowing) } : input,
    );
    return { plan, cases, target, scorers, judges, concurrency, pressed: pressed?.suite ?? null };
  } catch (error) {
    // Everything is closed: otherwise a process that a scorer has started would keep this process from ending.
    await closeOpened(opened);
    throw error;
  }
}

/** The fingerprint of the whole run, by which a merge recognizes the shards that belong together. */
function wholeFingerprint(input: PlanInput, narrowing: Narrowing): string {
  const whole = { ...narrowing, shard: null };
  const selected = selectCases(input.cases, input.suite.suite.filter, whole);
  return makePlan({ ...input, selected, narrowing: whole }).fingerprint;
}

/** What was opened so far while a run was prepared, and must be closed after a mistake. */
interface Opened {
  readonly judges: JudgePool;
  cases?: CaseSource;
  scorers?: readonly OpenScorer[];
  target?: OpenTarget;
}

async function closeOpened(opened: Readonly<Opened>): Promise<void> {
  opened.cases?.close();
  await opened.target?.client.close();
  for (const scorer of opened.scorers ?? []) await scorer.close?.();
  await opened.judges.close();
}

function* idsOf(cases: CaseSource): IterableIterator<string> {
  for (let index = 0; index < cases.count; index++) yield cases.id(index);
}

function noteCases(cases: CaseSource, seen: SeenCases): void {
  for (let index = 0; index < cases.count; index++) {
    seen.ids.add(cases.id(index));
    for (const tag of cases.read(index).tags) seen.tags.add(tag);
  }
}

/** Leaves out the problems that `known` has already: the same code at the same place, perhaps in other words. */
function elsewhere(problems: readonly Problem[], known: readonly Problem[]): Problem[] {
  const placeOf = (one: Problem): string =>
    JSON.stringify(one.line === undefined ? one : [one.code, one.path, one.line, one.column]);
  const places = new Set(known.map(placeOf));
  return problems.filter((one) => !places.has(placeOf(one)));
}

/** Removes repeated problems: two runs may use the same file. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}
