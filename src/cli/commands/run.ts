import { withExamples } from "../../baselines/case-examples.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Comparison, ReportedRun } from "../../domain/report.ts";
import { selfJudging } from "../../operations/checking/self-judging.ts";
import { canariesFor, withCanaries } from "../../operations/gating/canary.ts";
import { withCorrections } from "../../operations/gating/correct-rates.ts";
import { answersOf, type GateBaseline } from "../../operations/gating/gate-baseline.ts";
import { gateFor } from "../../operations/gating/gate-for.ts";
import { trustNotes } from "../../operations/gating/judge-trust.ts";
import { baselineNotes } from "../../operations/gating/no-baseline.ts";
import { budgetOf, openHistory, type ReadyRun } from "../../operations/gating/open-history.ts";
import { runBehind } from "../../operations/gating/rescored-side.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "../../operations/running/prepare-runs.ts";
import { replaying } from "../../operations/running/replay-model.ts";
import { openRunPlace, type RunPlace } from "../../operations/running/run-place.ts";
import { narrowingOf } from "../../operations/running/run-request.ts";
import { isMatrix, openTargets, targetsOf } from "../../operations/running/target-matrix.ts";
import { recordJudges, recordRun, wrapperFor } from "../../operations/running/wrap-target.ts";
import { changedPins } from "../../project/check-pins.ts";
import { plural } from "../../reports/format-numbers.ts";
import { runName } from "../../reports/headline.ts";
import { runDocument } from "../../reports/json/documents.ts";
import { runJson } from "../../reports/json/run-json.ts";
import { priceNotes } from "../../run/answer-notes.ts";
import { assembleReport, measure } from "../../run/assemble-report.ts";
import { executeRun, type RanRun, type RunWorld } from "../../run/execute-run.ts";
import { lineOf } from "../../run/model-lines.ts";
import type { Store } from "../../store/store.ts";
import { exitCodeFor } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { type Progress, showProgress, silentProgress } from "../progress.ts";
import { reportedRun } from "../reporting/reported-run.ts";
import { openReporters, type Reporters } from "../reporting/reporters.ts";
import { type RunOptions, readRunOptions } from "../run-options.ts";
import { keepHeapSmall } from "../small-heap.ts";
import { listenForStop } from "../stop-signals.ts";

/** From so many trials on, what is let go of is worth collecting early. */
const MANY_TRIALS = 10_000;

/** `evals run`: plan everything, then run, score, store, gate and report one run after another. */
export async function runCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  const options = readRunOptions(raw);
  const reporters = openReporters(options, io);
  const place = await openRunPlace(io, {
    ref: options.at,
    directory: options.directory,
    suites: options.suites,
    overrides: targetsOf(options)[0],
  });
  try {
    return await runIn(place, { options, reporters, io });
  } catch (error) {
    throw place.mistake(error);
  } finally {
    place.remove();
  }
}

interface Asked {
  readonly options: RunOptions;
  readonly reporters: Reporters;
  readonly io: Io;
}

async function runIn(place: RunPlace, { options, reporters, io }: Asked): Promise<number> {
  const { project } = place;
  const { suites, ungated } = await openTargets(project, options, place.load);
  const planned = await prepareRuns(
    project,
    suites,
    {
      narrowing: narrowingOf(options),
      trials: options.trials,
      concurrency: options.concurrency,
      judges: options.replay ? "replay" : "ask",
    },
    options.replay ? await replaying() : undefined,
  );
  const prepared = judgedLast(planned);
  if (prepared.some(({ plan }) => plan.totalPlanned >= MANY_TRIALS)) keepHeapSmall();
  const { store, ready } = await openHistory(prepared, place, { ...options, ungated }, io);
  const stop = listenForStop(io);
  const progress = options.quiet ? silentProgress : showProgress(io);
  const runs: ReportedRun[] = [];
  try {
    for (const one of ready) {
      if (stop.stopping()) break;
      const run = await midway(() => runOne(one, { options, place, io, store, stop, progress }));
      runs.push(run);
      reporters.run(run.report);
    }
    progress.end();
    const notRun = ready
      .slice(runs.length)
      .map(({ prepared: { plan } }) => `${plan.suite.name} (${plan.model.alias})`);
    if (notRun.length > 0) io.stderr(`Not run: ${notRun.join(", ")}\n`);
    const outcomes = runs.map(({ report }) => report.gate.outcome);
    const code = stop.exitCode() ?? exitCodeFor(notRun.length > 0 ? [...outcomes, "undecided"] : outcomes);
    return await reporters.end(runs, code, runDocument);
  } finally {
    stop.close();
    progress.end();
    await closeRuns(prepared);
    store.close();
  }
}

/** What needs no judge is known first, and costs less. */
function judgedLast(planned: readonly PreparedRun[]): PreparedRun[] {
  const isJudged = ({ judges }: PreparedRun): boolean => judges.models().length > 0;
  return [...planned.filter((one) => !isJudged(one)), ...planned.filter(isJudged)];
}

/** What goes wrong once calls are paid for (a full disk) is not a mistake after which nothing was run. */
async function midway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof EvalsError
      ? new EvalsError(error.problems, { midway: true, mistake: error.mistake, cause: error })
      : error;
  }
}

interface Sitting {
  readonly options: RunOptions;
  readonly place: RunPlace;
  readonly io: Io;
  readonly store: Store;
  readonly stop: ReturnType<typeof listenForStop>;
  readonly progress: Progress;
}

async function runOne(ready: ReadyRun, sitting: Sitting): Promise<ReportedRun> {
  const { prepared, baseline, resume, trust, declared, lost } = ready;
  const { options, place, io, store, progress } = sitting;
  const { project } = place;
  const { plan } = prepared;
  const gating = gateFor(plan, baseline, {
    allTrials: options.allTrials || isMatrix(options),
    unbelieved: trust.unbelieved,
    declared,
    takenAway: lost.rules.map((one) => one.rule),
  });
  const budget = budgetOf(project, options);
  const world = await worldOf(prepared, gating, sitting);
  const canaries = await canariesFor(prepared, baseline, {
    place,
    io,
    onRetry: progress.retried,
    budget,
    world,
  });
  const ran = withCanaries(
    await executeRun(
      plan,
      {
        concurrency: prepared.concurrency,
        budget,
        useCache: options.cache,
        notFromCache: () => answersOf(baseline, store),
        resume,
        early: gating.early,
      },
      {
        ...world,
        before: async (header, spent) => {
          const heard = await canaries.ask(header, spent);
          gating.heard(heard.result);
          return heard.spent;
        },
      },
    ),
    canaries.heard(),
  );
  progress.end();
  if (options.record) await record(ran, plan, sitting);
  const { metrics: raw, tags } = measure(ran.header, ran.tally, plan.tags, ran.beside, ran.judged);
  const metrics = withCorrections(raw, ran, trust, store);
  const { gate, comparison: compared, said } = gating.conclude(ran, metrics);
  const comparison = compared === null ? null : await examplesOf(compared, ran, baseline, store);
  const notes = [
    ...canaries.heard().notes,
    ...notesOf(ran),
    ...priceNotes(metrics),
    ...fallbackNotes(ran, store),
    ...changedPins(plan.suite, plan.model, project.models).map(({ what, fix }) => `${what} ${fix}`),
    ...lost.notes,
    ...(said === undefined ? [] : [said]),
    ...baselineNotes(baseline, plan.suite.suite.gate, ran, gate),
    ...selfJudging(project, plan.suite, [plan.model], prepared.judges.models()).map(({ what }) => what),
    ...trustNotes(trust),
  ];
  const report = assembleReport({ ran, metrics, tags, gate, comparison, notes }, store);
  ran.writer.end(ran.status, runJson(report) as never, io.date().toISOString());
  return reportedRun(report, {
    store,
    no: ran.writer.no,
    baseline,
    lineOf: ({ case_no }) => plan.line(case_no),
  });
}

/** Store, clock, signals and progress, as the engine is handed them. */
async function worldOf(
  prepared: PreparedRun,
  gating: ReturnType<typeof gateFor>,
  { place, io, store, stop, progress }: Sitting,
): Promise<RunWorld> {
  const head = await place.head;
  return {
    store,
    wrap: wrapperFor(prepared, place.project, io, progress.retried),
    watchPace: () => lineOf(place.project, prepared.plan.model, io).watch(),
    judging: { sleep: io.sleep, random: io.random, now: io.now, onRetry: progress.retried },
    control: { stopping: stop.stopping, signal: stop.signal },
    onStart: (header, done, tally) => {
      gating.start(header, tally);
      progress.start(runName(header), header.planned, done);
    },
    onTrial: progress.trial,
    now: io.now,
    today: () => io.date().toISOString(),
    newId: () => io.randomHex(4),
    commit: head?.commit ?? null,
    dirty: head?.dirty ?? null,
  };
}

/** `--record`: what the model and the judges said, as files for git. */
async function record(ran: RanRun, plan: PreparedRun["plan"], { io, store, place }: Sitting): Promise<void> {
  const { root } = place.project;
  if (plan.target.client.immediate === true) {
    io.stderr(`model ${plan.model.alias} answers from a recording: there is nothing to record of it\n`);
  } else {
    const path = await recordRun(plan, ran.writer.no, store, root);
    io.stderr(`recorded ${ran.counts.answered} answers in ${path}\n`);
  }
  for (const one of await recordJudges(plan, ran.writer.no, store, root))
    io.stderr(`recorded ${plural(one.replies, "reply", "replies")} of judges in ${one.path}\n`);
}

/** Answers before come from the store, or from what was kept beside the baseline. */
async function examplesOf(compared: Comparison, ran: RanRun, baseline: GateBaseline, store: Store) {
  const run = runBehind(baseline, store);
  const kept = run === null ? await baseline.answers() : null;
  return withExamples(compared, store, run, { no: ran.writer.no, header: ran.header }, kept);
}

/** Answers of another model are the run's answers, and are said to be of another model. */
function fallbackNotes({ plan, writer }: RanRun, store: Store): string[] {
  const { alias, entry } = plan.model;
  const count = entry.fallback === undefined ? 0 : store.fallbackAnswers(writer.no);
  if (count === 0) return [];
  return [`${plural(count, "answer")} of the fallback "${entry.fallback}", where ${alias} gave none.`];
}

function notesOf(ran: RanRun): string[] {
  const { header } = ran;
  const asked = header.cases * header.trials;
  const recorded = header.planned - (ran.tally.errors.get("not-recorded") ?? 0);
  return header.planned < asked
    ? [
        `Only ${recorded} of ${asked} trials were recorded; cases with fewer than ${header.trials} are scored on those they have.`,
      ]
    : [];
}
