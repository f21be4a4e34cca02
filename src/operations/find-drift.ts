import { statSync } from "node:fs";
import { resolve } from "node:path";
import { seriesOf } from "../baselines/drift-night.ts";
import { BASELINE_ITSELF, driftReport, type SeriesRun } from "../baselines/drift-report.ts";
import { regressionRules } from "../baselines/regression-results.ts";
import { passBasis, type Side } from "../baselines/side.ts";
import type { DriftNight, DriftReport, JudgedAgain } from "../domain/drift.ts";
import { EXIT } from "../domain/exit-code.ts";
import { sha256 } from "../domain/json.ts";
import { factsOfTarget, listedTargetOf, promptWord } from "../domain/listed-target.ts";
import { EvalsError } from "../domain/problem.ts";
import type { LoadedModel } from "../domain/project.ts";
import { isMadeElsewhere, isRecording } from "../domain/recorded-provider.ts";
import type { RunReport } from "../domain/report.ts";
import type { RunPlan } from "../domain/run-plan.ts";
import { originOf } from "../git/origin.ts";
import { isAsCommitted } from "../git/repository.ts";
import { plural } from "../reports/format-numbers.ts";
import type { Spending } from "../run/budget-guard.ts";
import { scorerHash } from "../run/fingerprint.ts";
import { judgeAgain } from "../run/judge-again.ts";
import type { Plan } from "../run/plan.ts";
import { targetWords } from "../run/run-header.ts";
import type { ListedRun } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import { measureSeries, runsOfSeries } from "./drifting/read-series.ts";
import { storedAnswers } from "./drifting/stored-answers.ts";
import type { Environment } from "./environment.ts";
import { openFleet } from "./fleet/open-fleet.ts";
import { openFleetOf } from "./fleet/open-fleet-of.ts";
import type { Fleet } from "./fleet/plan-fleet.ts";
import { type GateBaseline, gateBaseline } from "./gating/gate-baseline.ts";
import { budgetOf, openHistory, type ReadyRun } from "./gating/open-history.ts";
import { runBehind } from "./gating/rescored-side.ts";
import { planRuns } from "./plan-runs.ts";
import { locate } from "./project/open-project.ts";
import { runOne } from "./run-one.ts";
import type { RunHooks } from "./run-watcher.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "./running/prepare-runs.ts";
import { openRunPlace, type RunPlace } from "./running/run-place.ts";
import { RunRequest } from "./running/run-request.ts";
import { openTargets, targetsOf } from "./running/target-matrix.ts";

export interface DriftInput {
  readonly directory?: string | undefined;
  readonly suite: string;
  /** Alias of one model, for a suite with several. */
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  /** Budget in US dollars. It covers both the run and judging stored answers again. */
  readonly budget?: number | undefined;
  /** Address of the PostgreSQL database shared with workers; without it, this process runs the trials. */
  readonly workers?: string | undefined;
}

/** The exit code: 1 when the target, or a calibrated judge, has drifted; else 0. */
export function exitOfDrift({ verdict, judge }: Pick<DriftReport, "verdict" | "judge">): number {
  return verdict === "drift" || (judge?.calibrated === true && judge.verdict === "drift")
    ? EXIT.failed
    : EXIT.ok;
}

/**
 * What `findDrift` would ask the target, and at which cost. Judging stored answers again is not included.
 *
 * @throws {EvalsError} as `findDrift` does before it asks anything
 */
export async function planDrift(io: Environment, input: DriftInput): Promise<RunPlan> {
  const plans: Plan[] = [];
  const request = { ...requestOf(input), baseline: undefined };
  const planned = await planRuns(io, {
    request,
    demand: (plan, side) => {
      plans.push(plan);
      if (plans.length === 1) baselineOf(plan, side);
    },
  });
  if (plans.length > 1) throw severalTargets(input.suite, plans);
  return planned;
}

/**
 * Asks a suite's cases again without the cache, and adds this run to the series that is compared with the promoted
 * baseline. Before that, judges judge stored answers again, so that drift of a judge is not mistaken for drift of the
 * target.
 *
 * @throws {EvalsError} without a baseline, or when the baseline is of another prompt, model or scorers
 */
export async function findDrift(io: Environment, input: DriftInput, hooks: RunHooks): Promise<DriftReport> {
  const request = requestOf(input);
  const place = await openRunPlace(io, {
    ref: undefined,
    directory: input.directory,
    suites: [input.suite],
    overrides: targetsOf(request)[0],
  });
  try {
    return await driftIn(place, { io, request, hooks });
  } finally {
    place.remove();
  }
}

/**
 * Finds drift at each time of a schedule, until it is stopped. Of several processes with the same schedule, only one
 * makes the run at each time.
 *
 * @param cron five fields, in UTC by the database's clock
 * @param find makes one run of the series
 * @throws {EvalsError} EVALS_CRON, or as `findDrift`
 */
export async function findDriftOnSchedule(
  io: Environment,
  input: DriftInput & { readonly workers: string; readonly cron: string },
  { stopped, find }: { readonly stopped: AbortSignal; readonly find: () => Promise<unknown> },
): Promise<void> {
  const { root } = locate(io, input.directory);
  const { suite, model = "", prompt = "", workers, cron } = input;
  const project = (await originOf(root)) ?? root;
  const fleet = await openFleet(workers, root, io);
  try {
    const name = sha256([project, suite, model, prompt].join("\n")).slice(0, 16);
    const cadence = await fleet.cadence(name, cron);
    try {
      while (await cadence.next(stopped)) await find();
    } finally {
      await cadence.close();
    }
  } finally {
    await fleet.close();
  }
}

function requestOf({ directory, suite, model, prompt, budget, workers }: DriftInput): RunRequest {
  return RunRequest.parse({
    ...{ directory, suites: [suite], budget, workers },
    model: model === undefined ? [] : [model],
    prompt: prompt === undefined ? [] : [prompt],
    ...{ allTrials: true, cache: false, baseline: "none" },
  });
}

interface Asked {
  readonly io: Environment;
  readonly request: RunRequest;
  readonly hooks: RunHooks;
}

async function driftIn(place: RunPlace, { io, request, hooks }: Asked): Promise<DriftReport> {
  const { suites, ungated } = await openTargets(place.project, request, place.load);
  const prepared = await prepareRuns(place.project, suites, { narrowing: null, judges: "ask" });
  const [one] = prepared;
  if (one === undefined || prepared.length > 1) {
    await closeRuns(prepared);
    throw severalTargets(
      request.suites[0] ?? "",
      prepared.map(({ plan }) => plan),
    );
  }
  hooks.watcher.planned([one.plan]);
  const fleet =
    request.workers === undefined
      ? undefined
      : await openFleetOf(request.workers, { place, prepared, environment: io });
  try {
    const { store, ready } = await openHistory(prepared, place, { ...request, ungated }, io);
    try {
      const [first] = ready;
      if (first === undefined) throw new Error("a planned run has no history");
      return await extendSeries(first, { place, io, request, hooks, store, fleet });
    } finally {
      await closeRuns(prepared);
      store.close();
    }
  } finally {
    await fleet?.close();
  }
}

type Session = Asked & {
  readonly place: RunPlace;
  readonly store: Store;
  readonly fleet: Fleet | undefined;
};

async function extendSeries(ready: ReadyRun, session: Session): Promise<DriftReport> {
  const { place, io, request, hooks, store, fleet } = session;
  const { plan, judges } = ready.prepared;
  const { name } = plan.suite;
  const baseline = await gateBaseline({
    ...{ store, root: place.home, io, directory: request.directory, suite: name, option: undefined },
    ...{ listed: listedTargetOf(plan.suite, plan.model), model: plan.model.alias },
    fingerprint: plan.fingerprint,
  });
  const side = baselineOf(plan, baseline.side);
  const { prompt, alias } = factsOfTarget(plan.suite, plan.model);
  const series = {
    ...{ suite: name, alias, prompt, target_hash: plan.targetHash },
    series: seriesOf(side),
  };
  const earlier = await runsOfSeries(store, series, null);
  hooks.watcher.began();
  const again = await judgedAgain(ready.prepared, baseline, session, earlier);
  const night: DriftNight = {
    series: series.series,
    ...((await isWrittenAnew(plan, place.home, [...earlier, await runBehind(baseline, store)]))
      ? {}
      : { unchanged: true }),
    ...(again.judged === null ? {} : { judge: again.judged }),
  };
  const { report } = await runOne(ready, {
    ...{ request, place, environment: io, ...hooks, store, fleet },
    drift: { night, spent: again.spent },
  });
  hooks.watcher.over([report]);
  const runs = await runsOfSeries(store, series, report.header.id);
  const measured = await measureSeries(store, { side, run: await runBehind(baseline, store) }, runs);
  const decided = driftReport({
    runs: measured,
    change: changeOf(plan, side),
    judge: judgesDecide(plan) ? { calibrated: uncalibrated(ready).length === 0 } : null,
  });
  return {
    ...{ suite: name, target: targetWords(plan.suite.prompt, plan.target.label), ...decided },
    retirements: await retirements([plan.model, ...judges.models()]),
    notes: [
      ...(runs.length === 1
        ? [
            "This is the first run of a series: all runs of the series are compared with the present baseline.",
          ]
        : []),
      ...answerNotes(
        report,
        measured.find(({ id }) => id === report.header.id),
        side,
      ),
      ...judgeNotes(decided, again, { suite: name, unbelieved: uncalibrated(ready) }),
    ],
  };
}

/**
 * Whether answers that come from a file were written since earlier runs: the file is not as it was committed, and newer
 * than the start of each of these runs. True for live models.
 */
async function isWrittenAnew(
  { model }: Plan,
  root: string,
  earlier: readonly (Pick<ListedRun, "header"> | null)[],
): Promise<boolean> {
  if (!isRecording(model.provider.kind)) return true;
  const { file } = model.settings as { readonly file?: unknown };
  if (typeof file !== "string" || (await isAsCommitted(root, file))) return false;
  const newest = Math.max(
    0,
    ...earlier.flatMap((run) => (run === null ? [] : Date.parse(run.header.started_at))),
  );
  return (statSync(resolve(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest;
}

/** The change to detect, as a share from 0 to 1: the drop of the pass rate that the suite's gate tolerates. */
function changeOf({ suite }: Plan, side: Side): number {
  const rules = regressionRules(suite.suite.gate);
  const rule = rules.find((one) => one.metric === "pass_rate") ?? rules[0];
  const change = rule?.max_drop ?? 0.03;
  if (rule?.relative !== true) return change;
  const shares = side.ids.map((_, i) => (side.passed[i] ?? 0) / Math.max(1, side.answered[i] ?? 0));
  return change * (shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length));
}

/** Whether a judge takes part in deciding which answers pass. */
const judgesDecide = ({ scorers }: Plan): boolean =>
  scorers.some((one) => one.required && one.opinion === true);

/** Names of the judges that take part in deciding which answers pass, and that the gate does not believe. */
const uncalibrated = ({ trust, prepared: { plan } }: ReadyRun): string[] =>
  plan.scorers.flatMap(({ required, opinion, name, judge }) =>
    required && opinion === true && trust.byScorer.get(name)?.state !== "believed"
      ? [judge?.name ?? name]
      : [],
  );

interface Again {
  readonly judged: JudgedAgain | null;
  /** Number of stored answers that were to be judged again. */
  readonly stored: number;
  readonly spent: Spending;
}

const NOTHING_AGAIN: Again = { judged: null, stored: 0, spent: { usd: 0, tokens: 0 } };

async function judgedAgain(
  { plan, concurrency }: PreparedRun,
  baseline: GateBaseline,
  { io, place, request, store, hooks: { control, watcher } }: Session,
  earlier: readonly ListedRun[],
): Promise<Again> {
  if (!judgesDecide(plan) || plan.scorers.some((one) => one.required && one.raw === true))
    return NOTHING_AGAIN;
  const run = await runBehind(baseline, store);
  const kept = run === null ? await baseline.answers() : null;
  const answers = await storedAnswers(plan, store, { run, kept }, earlier.length);
  if (answers.length === 0) return NOTHING_AGAIN;
  io.notice(
    `Judging ${plural(answers.length, "stored answer")} again, to tell the judge's drift from the target's.`,
  );
  const { sleep, random, now } = io;
  const again = await judgeAgain(plan, answers, {
    ...{ store, concurrency, budget: budgetOf(place.project, request) },
    ...{ stopping: control.stopping, signal: control.signal },
    dependencies: { sleep, random, now, onRetry: watcher.retried, departures: store.departures },
    opinion: Math.floor(io.date().getTime() / 1000),
  });
  return { ...again, stored: answers.length };
}

/** The baseline. @throws {EvalsError} when there is none, or none of this prompt, model and scorers */
function baselineOf(plan: Plan, side: Side | null): Side {
  if (side === null) throw noBaseline(plan);
  refuseOther(plan, side);
  return side;
}

/** Refuses a baseline of another prompt, model or scorers: a difference from such a baseline would not be drift. */
function refuseOther(plan: Plan, side: Side): void {
  const basis = plan.scorers
    .filter((one) => one.required)
    .map(scorerHash)
    .sort()
    .join(",");
  const places = new Map(side.ids.map((id, at) => [id, at]));
  const elsewhere = isMadeElsewhere(plan.model.provider.kind);
  const isSame = (caseNo: number): boolean => {
    const at = places.get(plan.id(caseNo));
    if (at === undefined || side.contents[at] !== plan.contentHash(caseNo)) return false;
    return elsewhere || side.keys?.[at] === plan.key(caseNo);
  };
  let same = 0;
  for (let caseNo = 0; caseNo < plan.count; caseNo++) if (isSame(caseNo)) same++;
  if (passBasis(side) === basis && 2 * same >= side.ids.length) return;
  throw new EvalsError({
    code: "EVALS_DRIFT_CHANGED",
    what:
      passBasis(side) === basis
        ? `Only ${same} of the ${side.ids.length} cases of ${side.label} are still asked with the same request as for that baseline.`
        : `The scorers of suite "${plan.suite.name}" differ from those of ${side.label}.`,
    why: "A difference that comes from a change in the project is not drift.",
    fix: `Make a baseline of the suite as it is now: evals run ${plan.suite.name} && evals promote`,
  });
}

async function retirements(models: readonly LoadedModel[]): Promise<string[]> {
  const { publishedShutdown } = await import("../providers/price-table.ts");
  return [...new Set(models)].flatMap(({ alias, provider, settings }) => {
    const listed = provider.listed?.(settings);
    const day = listed === undefined ? null : publishedShutdown(listed);
    return listed === undefined || day === null ? [] : [`${alias} (${listed.model}) is shut down on ${day}.`];
  });
}

/** How much of the run could be compared with the baseline. */
function answerNotes(
  { counts, errors, end }: RunReport,
  measured: SeriesRun | undefined,
  { ids }: Side,
): string[] {
  const { night = null, repeats } = measured ?? {};
  const missing = counts.errored + counts.skipped;
  const why = [
    ...errors.map(({ kind, count }) => `${count} ${kind}`),
    ...(counts.skipped === 0
      ? []
      : [`${counts.skipped} skipped${end.kind === "skipped" ? `: ${end.because}` : ""}`]),
  ];
  return [
    ...(missing === 0
      ? []
      : [
          `${missing} of the ${plural(counts.trials, "trial")} of this run ${missing === 1 ? "has" : "have"} no answer (${why.join(", ")}); ${missing === 1 ? "it counts" : "they count"} neither for nor against drift.`,
        ]),
    ...(repeats === undefined
      ? []
      : [
          `These are the same recorded answers as ${repeats === BASELINE_ITSELF ? "those of the baseline" : `in run ${repeats}`}: the same answers are no new evidence.`,
        ]),
    ...(night === null
      ? [
          "Fewer than half of the baseline's cases were answered, so this run adds no evidence for or against drift.",
        ]
      : []),
    ...(night !== null && night.cases < ids.length
      ? [
          `${night.cases} of the baseline's ${plural(ids.length, "case")} are compared in this run: the others have no answer, have changed or are no longer asked.`,
        ]
      : []),
  ];
}

function judgeNotes(
  { judge }: Pick<DriftReport, "judge">,
  { judged, stored }: Again,
  { suite, unbelieved }: { readonly suite: string; readonly unbelieved: readonly string[] },
): string[] {
  return [
    ...(judge === null || judged !== null
      ? []
      : stored === 0
        ? [
            "No stored answer was judged again, so drift of the judge would look like drift of the target. To store answers beside the baseline: evals promote --with-answers",
          ]
        : [
            `None of the ${plural(stored, "stored answer")} could be judged again: the judge gave no verdict, or the budget did not allow it. Drift of the judge would look like drift of the target.`,
          ]),
    ...(judged !== null && judged.unjudged > 0
      ? [`${plural(judged.unjudged, "stored answer")} could not be judged again.`]
      : []),
    ...(judge?.verdict === "drift" && !judge.calibrated
      ? [
          `The judge is not calibrated, so its drift does not fail the command. To calibrate it: evals calibrate ${unbelieved[0]} --suite ${suite}`,
        ]
      : []),
  ];
}

function noBaseline({ suite: { name: suite }, trials }: Plan): EvalsError {
  return new EvalsError({
    code: "EVALS_DRIFT_NO_BASELINE",
    what: `Suite "${suite}" has no promoted baseline.`,
    why: "Drift is a difference from the promoted baseline. A larger baseline gives fewer false alarms: 20 times the trials of one run is a good size.",
    fix: `evals run ${suite} --trials ${Math.min(1000, 20 * trials)} && evals promote`,
  });
}

function severalTargets(suite: string, plans: readonly Plan[]): EvalsError {
  const words = plans.map((plan) => listedTargetOf(plan.suite, plan.model) ?? plan.model.alias);
  const facts = plans.map((plan) => factsOfTarget(plan.suite, plan.model));
  const [first] = facts;
  const prompt = first?.prompt == null ? "<prompt>" : promptWord(first.prompt);
  const options = [
    ...(first?.one_of_prompts === true ? [` --prompt ${prompt}`] : []),
    ...(first?.one_of_several === true ? [` --model ${first.alias}`] : []),
  ];
  return new EvalsError({
    code: "EVALS_DRIFT_TARGETS",
    what: `Suite "${suite}" lists ${plans.length} targets: ${words.join(", ")}.`,
    why: "Each target has a baseline and a drift series of its own.",
    fix: `evals drift ${suite}${options.join("")}`,
  });
}
