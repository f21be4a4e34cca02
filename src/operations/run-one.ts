import { withExamples } from "../baselines/case-examples.ts";
import type { Side } from "../baselines/side.ts";
import type { Budget } from "../domain/config.ts";
import type { DriftNight } from "../domain/drift.ts";
import type { Project } from "../domain/project.ts";
import { recordsFailures } from "../domain/records-failures.ts";
import type { Comparison, ReportedRun, RunEnd } from "../domain/report.ts";
import { withheldReport } from "../domain/withheld-report.ts";
import { changedPins } from "../project/check-pins.ts";
import { retryBudget } from "../providers/retry-budget.ts";
import { plural } from "../reports/format-numbers.ts";
import { runJson } from "../reports/json/run-json.ts";
import { withGoOn } from "../reports/unfinished.ts";
import { priceNotes } from "../run/answer-notes.ts";
import { assembleReport, measure } from "../run/assemble-report.ts";
import type { BatchSettings } from "../run/batch-session.ts";
import { type Spending, withoutSpent } from "../run/budget-guard.ts";
import { executeRun, type RanRun } from "../run/execute-run.ts";
import { lineOf } from "../run/model-lines.ts";
import type { RunWorld } from "../run/run-settings.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { withheldStore } from "../store/withheld-store.ts";
import type { Environment } from "./environment.ts";
import type { Fleet } from "./fleet/plan-fleet.ts";
import type { CanaryContext } from "./gating/canary.ts";
import { answersOf, type GateBaseline } from "./gating/gate-baseline.ts";
import { gateFor } from "./gating/gate-for.ts";
import { baselineNotes } from "./gating/no-baseline.ts";
import { budgetOf, type ReadyRun } from "./gating/open-history.ts";
import { runBehind } from "./gating/rescored-side.ts";
import type { PressureSession } from "./pressing/ask-variants.ts";
import { reportedRun } from "./reported-run.ts";
import type { RunHooks } from "./run-watcher.ts";
import type { PreparedRun } from "./running/prepare-runs.ts";
import { repeatedOptions } from "./running/repeated-options.ts";
import type { RunPlace } from "./running/run-place.ts";
import type { RunRequest } from "./running/run-request.ts";
import { isMatrix } from "./running/target-matrix.ts";
import { personWrapperFor, recordJudges, recordRun, wrapperFor } from "./running/wrap-target.ts";

/** What all runs of one command have in common. */
export interface RunningSession extends RunHooks {
  readonly request: RunRequest;
  readonly place: RunPlace;
  readonly environment: Environment;
  readonly store: Store;
  /** Whether no model may be called, as in `RunSettings`. */
  readonly asksNothing?: boolean | undefined;
  /** The workers on other machines that run the trials; absent when this process runs them. */
  readonly fleet?: Fleet | undefined;
  /** Set for a run of a drift series; `spent` is what was paid before the run, to judge stored answers again. */
  readonly drift?: { readonly night: DriftNight; readonly spent: Spending } | undefined;
}

/** Runs one suite with one target: asks, scores, stores, compares and gates. */
export async function runOne(ready: ReadyRun, session: RunningSession): Promise<ReportedRun> {
  const { prepared, baseline, resume, trust, declared, lost, waiting: batch } = ready;
  const { request, place, environment: io, store, watcher } = session;
  const { project } = place;
  const { plan } = prepared;
  const gating = await gateFor(plan, baseline, {
    allTrials: request.allTrials || isMatrix(request),
    unbelieved: trust.unbelieved,
    declared,
    takenAway: lost.rules.map((one) => one.rule),
  });
  const whole = budgetOf(project, request) ?? null;
  const budget = withoutSpent(whole, session.drift?.spent ?? { usd: 0, tokens: 0 });
  const world = await worldOf(prepared, gating, session);
  const canaries = await canariesOf(ready, session, { budget, world });
  const far = await session.fleet?.take(prepared, { request, store, control: session.control, budget });
  const asked = await executeRun(
    plan,
    {
      concurrency: far?.concurrency ?? prepared.concurrency,
      budget: far === undefined ? budget : null,
      useCache: request.cache,
      notFromCache: () => answersOf(baseline, store),
      resume,
      only: request.retry,
      asksNothing: session.asksNothing,
      drift: session.drift?.night,
      believed: trust.believed,
      batch: far === undefined ? batchOf(request, resume, store) : undefined,
      early: gating.early,
      // The commit's hash, because a branch may have moved when the run is resumed.
      options: repeatedOptions(request, place.at?.commit.slice(0, 12)),
    },
    {
      ...world,
      remote: far?.trials,
      before: async (header, spent) => {
        await far?.open(header);
        const answeredCanaries = await canaries?.ask(header, spent);
        gating.useCanary(answeredCanaries?.result ?? null);
        return answeredCanaries?.spent ?? { usd: 0, tokens: 0 };
      },
    },
  );
  const waiting = canaries?.countedIn(asked) ?? asked;
  const beside = canaries?.answered().spent ?? { usd: 0, tokens: 0 };
  const ran = await underPressure(waiting, ready, session, { world, budget, beside });
  watcher.answered();
  if (request.record) await record(ran, plan, session);
  const { metrics: raw, tags } = measure(ran.header, ran.tally, plan.tags, ran.beside, ran.judged);
  // The code that corrects rates for judges' errors is loaded only when there is a judge.
  const metrics =
    trust.byScorer.size === 0
      ? raw
      : (await import("./gating/correct-rates.ts")).withCorrections(raw, ran, trust, store);
  const { gate, comparison: compared, said } = gating.conclude(ran, metrics);
  const grown = compared && (await withGrowth(compared, ran, gating.side(ran), { baseline, store }));
  const comparison = grown && (await examplesOf(grown, ran, baseline, store));
  const notes = [
    ...(canaries?.answered().notes ?? []),
    ...notesOf(ran),
    ...(ran.batched ?? []),
    ...uncertainNotes(ran),
    ...(await notesOfPressure(ran)),
    ...priceNotes(metrics),
    ...(await fallbackNotes(ran, store)),
    ...changedPins(plan.suite, plan.model, project.models).map(({ what, fix }) => `${what} ${fix}`),
    ...(await unheardNotes(prepared)),
    ...lost.notes,
    ...(batch === null ? [] : [batch]),
    ...(said === undefined ? [] : [said]),
    ...baselineNotes(baseline, plan.suite.suite.gate, ran, gate),
    ...(await selfJudgingNotes(prepared, project)),
    ...(trust.byScorer.size === 0 ? [] : (await import("./gating/judge-trust.ts")).trustNotes(trust)),
  ];
  const parts = { ran: { ...ran, end: withBudget(ran.end, whole) }, metrics, tags, gate, comparison, notes };
  const report = withGoOn(
    plan.restricted
      ? withheldReport(await assembleReport(parts, withheldStore(store)))
      : await assembleReport(parts, store),
  );
  ran.writer.end(ran.status, runJson(report) as never, io.date().toISOString());
  await far?.end(ran.status, runJson(report) as never);
  return reportedRun(report, {
    store,
    root: session.place.project.root,
    no: ran.writer.no,
    baseline,
    lineOf: ({ case_no }) => plan.line(case_no),
  });
}

/** The end of a run, with the limits of its budget where the budget was reached. */
function withBudget(end: RunEnd, budget: Budget | null): RunEnd {
  return end.kind === "skipped" && end.because === "budget" && budget !== null ? { ...end, budget } : end;
}

/** The run's canaries; null for a suite without canaries. Then the code for canaries is not loaded. */
async function canariesOf(
  { prepared, baseline }: ReadyRun,
  { place, environment: io, watcher }: RunningSession,
  paying: Pick<CanaryContext, "budget" | "world">,
) {
  if (prepared.plan.suite.suite.canary === undefined) return null;
  const { canariesFor } = await import("./gating/canary.ts");
  return canariesFor(prepared, baseline, { ...paying, place, io, onRetry: watcher.retried });
}

/** How to ask in batches; undefined for single calls. A run that was started in batches is resumed in batches. */
function batchOf(request: RunRequest, resume: StoredRun | null, store: Store): BatchSettings | undefined {
  const batched =
    request.batch ||
    (resume !== null && (resume.header.batch === true || store.batches.ofRun(resume.no).length > 0));
  return batched ? { thenLive: request.batchThenLive } : undefined;
}

/** Adds the failure classes that are more frequent than in the baseline, if failures are classified. */
async function withGrowth(
  compared: Comparison,
  ran: RanRun,
  candidate: Side,
  { baseline, store }: { readonly baseline: GateBaseline; readonly store: Store },
): Promise<Comparison> {
  const { header } = ran;
  if (baseline.side === null || !recordsFailures(header)) return compared;
  const [{ failuresByCase }, { withGrownFailures }] = await Promise.all([
    import("../run/count-failures.ts"),
    import("../baselines/compare-failures.ts"),
  ]);
  const failures = await failuresByCase({ no: ran.writer.no, header }, store);
  const narrowed = header.narrowing !== null;
  return withGrownFailures(compared, baseline.side, { ...candidate, failures }, narrowed);
}

/** Asks the variants of passing trials. For a suite without pressure, the code that does this is not loaded. */
async function underPressure(
  ran: RanRun,
  { prepared, baseline }: ReadyRun,
  { request, place, store, watcher, asksNothing = false }: RunningSession,
  paying: Pick<PressureSession, "world" | "budget" | "beside">,
): Promise<RanRun> {
  if (prepared.pressed === null) return ran;
  const { pressTrials } = await import("./pressing/ask-variants.ts");
  return pressTrials(ran, prepared, {
    ...paying,
    asksNothing,
    onStart: watcher.pressed,
    onTrial: watcher.variant,
    project: place.project,
    concurrency: prepared.concurrency,
    useCache: request.cache,
    notFromCache: () => answersOf(baseline, store),
  });
}

/** Says that the target's model judges its own answers. For a run without judges, the check is not loaded. */
async function selfJudgingNotes({ plan, judges }: PreparedRun, project: Project): Promise<readonly string[]> {
  const models = judges.models();
  if (models.length === 0) return [];
  const { selfJudging } = await import("./checking/self-judging.ts");
  return selfJudging(project, plan.suite, [plan.model], models).map(({ what }) => what);
}

/** Says that the prompt never reaches the target. For a target that takes messages, the check is not loaded. */
async function unheardNotes({ plan, cases, target }: PreparedRun): Promise<readonly string[]> {
  if (plan.suite.prompt === null || plan.model.provider.prompt === "required") return [];
  const { unheardPrompt } = await import("./checking/unheard-prompt.ts");
  return unheardPrompt(plan.suite, plan.model, cases, target.client).map(({ what }) => what);
}

async function notesOfPressure({ header, pressure }: RanRun): Promise<readonly string[]> {
  if (pressure === undefined) return [];
  const { pressureNotes } = await import("../run/pressure-notes.ts");
  return pressureNotes(header, pressure);
}

/** What the engine needs from outside: the store, the clock, signals and progress. */
async function worldOf(
  prepared: PreparedRun,
  gating: Awaited<ReturnType<typeof gateFor>>,
  { place, environment: io, store, control, watcher }: RunningSession,
): Promise<RunWorld & { readonly store: Store }> {
  const head = await place.head;
  const asking = { onRetry: watcher.retried, control, store, retryBudget: retryBudget() };
  return {
    store,
    wrap: wrapperFor(prepared, place.project, io, asking),
    wrapPerson: personWrapperFor(prepared, place.project, io, asking),
    watchPace: () => lineOf(place.project, prepared.plan.model, io).watch(),
    judging: {
      sleep: io.sleep,
      random: io.random,
      now: io.now,
      onRetry: watcher.retried,
      retryBudget: asking.retryBudget,
      stopped: control.stopped,
      departures: store.departures,
    },
    control,
    onStart: (header, done, tally) => {
      gating.start(header, tally);
      watcher.started(header, done);
    },
    onTrial: (event) => watcher.trial(event, prepared.plan),
    now: io.now,
    today: () => io.date().toISOString(),
    newId: () => io.randomHex(4),
    commit: head?.commit ?? null,
    branch: head?.branch ?? null,
    dirty: head?.dirty ?? null,
  };
}

/** `--record`: writes the replies of the model and judges to files for git. */
async function record(
  ran: RanRun,
  plan: PreparedRun["plan"],
  { environment: io, store, place }: RunningSession,
): Promise<void> {
  const { root } = place.project;
  if (plan.target.client.immediate === true) {
    io.notice(`model ${plan.model.alias} answers from a recording, so there is nothing to record`);
  } else {
    const path = await recordRun(plan, ran.writer.no, store, root);
    io.notice(`recorded ${ran.counts.answered} answers in ${path}`);
    const { recordTools } = await import("./running/record-tools.ts");
    const tools = await recordTools(plan, { no: ran.writer.no, header: ran.header }, store, root);
    if (tools !== null) io.notice(tools);
  }
  for (const one of await recordJudges(plan, ran.writer.no, store, root))
    io.notice(`recorded ${plural(one.replies, "reply", "replies")} of judges in ${one.path}`);
}

/**
 * Adds examples of changed cases. The baseline's answers come from the store, or from the file beside the baseline.
 */
async function examplesOf(compared: Comparison, ran: RanRun, baseline: GateBaseline, store: Store) {
  const run = await runBehind(baseline, store);
  const kept = run === null ? await baseline.answers() : null;
  return withExamples(compared, store, run, { no: ran.writer.no, header: ran.header }, kept);
}

/** The note about answers of a fallback model, which count as answers of the run. */
async function fallbackNotes({ plan, writer }: RanRun, store: Store): Promise<string[]> {
  const { alias, entry } = plan.model;
  const count = entry.fallback === undefined ? 0 : await store.read.fallbackAnswers(writer.no);
  if (count === 0) return [];
  return [
    `${plural(count, "answer")} came from the fallback "${entry.fallback}", because ${alias} gave none.`,
  ];
}

/** The note about money that may have been paid for lost answers. */
function uncertainNotes({ counts: { uncertain = 0 } }: RanRun): string[] {
  if (uncertain === 0) return [];
  return [
    `${plural(uncertain, "call")} had been sent by a worker that was lost: it is not known whether they were answered. Each of these calls is counted at its maximum cost.`,
  ];
}

function notesOf(ran: RanRun): string[] {
  const { header } = ran;
  const asked = ran.plan.totalWanted;
  const fewer = asked === header.cases * header.trials ? ` than ${header.trials}` : "";
  const recorded = header.planned - (ran.tally.errors.get("not-recorded") ?? 0);
  return header.planned < asked
    ? [
        `Only ${recorded} of ${asked} trials were recorded; a case with fewer${fewer} recorded trials is scored on these.`,
      ]
    : [];
}
