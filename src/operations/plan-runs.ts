import type { Side } from "../baselines/side.ts";
import type { ExplainedCase } from "../domain/cache-reason.ts";
import { listedTargetOf } from "../domain/listed-target.ts";
import type { PlannedRun, RunPlan } from "../domain/run-plan.ts";
import { type AskSettings, unanswered } from "../run/answers-at-hand.ts";
import type { Plan } from "../run/plan.ts";
import { batchPrice } from "../run/price-usage.ts";
import { targetWords } from "../run/run-header.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { answersOf, gateBaseline } from "./gating/gate-baseline.ts";
import { budgetOf } from "./gating/open-history.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { type NarrowedRequest, narrowRequest } from "./running/failing-cases.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "./running/prepare-runs.ts";
import { answersFromRecordings, replaying } from "./running/replay-model.ts";
import { goesOn, runsToGoOnWith } from "./running/resume.ts";
import { openRunPlace, type RunPlace } from "./running/run-place.ts";
import type { RunRequest } from "./running/run-request.ts";
import { openTargets, type TargetMatrix, targetsOf } from "./running/target-matrix.ts";
import { withoutKeys } from "./running/without-keys.ts";
import { expectCalls, expectCost, informativeRun } from "./sizing/expect-cost.ts";

/** What a command demands of each run and its baseline before it asks anything; it throws when something is wrong. */
export type Demand = (plan: Plan, baseline: Side | null) => void;

/**
 * The trials that `evals run` would ask, and their cost. No model is called and nothing is stored, so no key is
 * needed.
 *
 * @throws {EvalsError} with every mistake that would prevent the run, except a missing key
 */
export async function planRuns(
  environment: Environment,
  { request, demand }: { readonly request: RunRequest; readonly demand?: Demand | undefined },
): Promise<RunPlan> {
  const narrowed = await narrowRequest(environment, request);
  try {
    return await planNarrowed({ ...narrowed, demand }, environment);
  } finally {
    narrowed.close();
  }
}

type Narrowed = Omit<NarrowedRequest, "close"> & { readonly demand: Demand | undefined };

async function planNarrowed(
  { request, narrowing, resumed, demand }: Narrowed,
  environment: Environment,
): Promise<RunPlan> {
  const place = await openRunPlace(environment, {
    ref: request.at,
    directory: request.directory,
    suites: request.suites,
    overrides: targetsOf(request)[0],
  });
  try {
    return await planIn(place, { request, narrowing, resumed, demand }, environment);
  } catch (error) {
    throw place.mistake(error);
  } finally {
    place.remove();
  }
}

async function planIn(
  place: RunPlace,
  { request, narrowing, resumed: named, demand }: Narrowed,
  io: Environment,
): Promise<RunPlan> {
  const matrix = await openTargets(place.project, request, place.load);
  const prepared = await prepareRuns(
    withoutKeys(place.project),
    matrix.suites,
    { narrowing, trials: request.trials, concurrency: request.concurrency, presses: true },
    answersFromRecordings(request, matrix.suites, named) ? await replaying() : undefined,
  );
  const store = await openStoredHistory(place.home, io);
  try {
    const plans = prepared.map(({ plan }) => plan);
    const resumed = goesOn(request) ? await runsToGoOnWith(store, plans, request, io.notice) : null;
    const runs: PlannedRun[] = [];
    for (const one of prepared) {
      const resume = resumed?.get(one.plan) ?? null;
      if ((request.run !== undefined || request.retry !== undefined) && resume === null) continue;
      runs.push(await plannedRun(one, resume, { place, request, matrix, store, io, demand }));
    }
    return { runs };
  } finally {
    await closeRuns(prepared);
    store.close();
  }
}

async function explained(plan: Plan, settings: AskSettings, store: Store) {
  const { explainCache } = await import("../run/explain-cache.ts");
  const cases: ExplainedCase[] = [];
  for await (const one of explainCache(plan, settings, store)) cases.push(one);
  return cases;
}

/** The plan with the lower prices that the provider asks for batches. */
function inBatches(plan: Plan): Plan {
  return { ...plan, target: { ...plan.target, price: batchPrice(plan.target.price) } };
}

interface Planning {
  readonly place: RunPlace;
  readonly request: RunRequest;
  readonly matrix: TargetMatrix;
  readonly store: Store;
  readonly io: Environment;
  readonly demand: Demand | undefined;
}

async function plannedRun(
  { plan }: PreparedRun,
  resume: StoredRun | null,
  { place, request, matrix, store, io, demand }: Planning,
): Promise<PlannedRun> {
  const { suite, model, target } = plan;
  const baseline = await gateBaseline({
    ...{ store, root: place.home, at: place.at ?? undefined, io, directory: request.directory },
    suite: suite.name,
    listed: listedTargetOf(suite, model),
    model: model.alias,
    option: matrix.ungated.has(suite) ? "none" : request.baseline,
    fingerprint: plan.fingerprint,
  });
  demand?.(plan, baseline.side);
  const settings = { useCache: request.cache, resume, notFromCache: () => answersOf(baseline, store) };
  const trials: number[] = [];
  for await (const caseNo of unanswered(plan, settings, store)) trials.push(caseNo);
  const cache = request.explainCache ? await explained(plan, settings, store) : undefined;
  const variants = [...variantCalls(plan)];
  const asked = model.provider.kind === "outputs" ? null : suite.prompt;
  // Variants are asked with single calls, after the batch. So with pressure, all calls are counted at the price of
  // single calls, and the estimate is rather too high than too low.
  const priced = request.batch && plan.pressure === undefined ? inBatches(plan) : plan;
  const past = informativeRun(plan, store);
  const asks = expectCalls({ plan, trials, past });
  const expected = expectCost({
    ...{ plan: priced, trials: [...trials, ...variants], past },
    budget: budgetOf(place.project, request)?.usd,
  });
  const fromCache = trials.length < plan.totalPlanned && target.client.immediate !== true;
  const afresh = fromCache
    ? {
        afresh: expectCost({
          ...{ plan: priced, trials: [...everyTrial(plan), ...variants], past },
          budget: undefined,
        }).usd.expected,
      }
    : {};
  return {
    suite: suite.name,
    alias: model.alias,
    target: targetWords(asked, target.label),
    cases: plan.count,
    trials: plan.totalPlanned,
    cached: plan.totalPlanned - trials.length,
    calls: asks.calls,
    ...(asks.calls_range === undefined ? {} : { calls_range: asks.calls_range }),
    ...(cache === undefined ? {} : { cache }),
    ...(plan.pressure === undefined ? {} : { variants: variants.length }),
    ...expected,
    usd: { ...expected.usd, ...afresh },
    assumptions: [...asks.assumptions, ...expected.assumptions],
  };
}

/** For each trial of a plan, the number of its case. */
function* everyTrial(plan: Plan): Generator<number> {
  for (let caseNo = 0; caseNo < plan.count; caseNo++)
    for (let trial = 0; trial < plan.planned(caseNo); trial++) yield caseNo;
}

/**
 * For each possible variant, the number of its case: as if every trial passed and no variant were stored.
 */
function* variantCalls(plan: Plan): Generator<number> {
  for (const _ of plan.pressure ?? []) yield* everyTrial(plan);
}
