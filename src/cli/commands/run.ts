import { withExamples } from "../../baselines/case-examples.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { DeclaredChange } from "../../domain/prompt-change.ts";
import type { Comparison, ReportedRun } from "../../domain/report.ts";
import { findRepository } from "../../git/require-repository.ts";
import { changedPins } from "../../project/check-pins.ts";
import { plural } from "../../reports/format-numbers.ts";
import { runDocument } from "../../reports/json/documents.ts";
import { runJson } from "../../reports/json/run-json.ts";
import { assembleReport, measure } from "../../run/assemble-report.ts";
import { executeRun, type RanRun, type RunWorld } from "../../run/execute-run.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { answersOf, type BaselineSide, baselineSide } from "../baseline-side.ts";
import { canariesFor, withCanaries } from "../canary.ts";
import { refuseChangedPrompts } from "../changed-prompts.ts";
import { withCorrections } from "../correct-rates.ts";
import { declaredInRun } from "../declared-in-run.ts";
import { exitCodeFor } from "../exit-code.ts";
import { gateFor } from "../gate-for.ts";
import type { Io } from "../io.ts";
import { type SuiteTrust, suiteTrust, trustNotes } from "../judge-trust.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "../prepare-runs.ts";
import { type Progress, showProgress, silentProgress } from "../progress.ts";
import { replaying } from "../replay-model.ts";
import { reportedRun } from "../reported-run.ts";
import { openReporters, type Reporters } from "../reporters.ts";
import { runBehind, scoredAlike } from "../rescored-side.ts";
import { findResumable } from "../resume.ts";
import { narrowingOf, type RunOptions, readRunOptions } from "../run-options.ts";
import { openRunPlace, type RunPlace } from "../run-place.ts";
import { selfJudging } from "../self-judging.ts";
import { keepHeapSmall } from "../small-heap.ts";
import { listenForStop } from "../stop-signals.ts";
import { recordJudges, recordRun, wrapperFor } from "../wrap-target.ts";

/** `evals run`: plan everything, then run, score, store, gate and report one run after another. */
export async function runCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  keepHeapSmall();
  const options = readRunOptions(raw);
  const reporters = openReporters(options, io);
  const place = await openRunPlace(io, {
    ref: options.at,
    directory: options.directory,
    suites: options.suites,
    overrides: { model: options.model, prompt: options.prompt, trials: options.trials },
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
  const prepared = await prepareRuns(
    project,
    project.suites,
    {
      narrowing: narrowingOf(options),
      trials: options.trials,
      concurrency: options.concurrency,
      judges: options.replay ? "replay" : "ask",
    },
    options.replay ? await replaying() : undefined,
  );
  const { store, ready } = await openHistory(prepared, place, options, io);
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

/** A run with all that it needs of the past. */
interface ReadyRun {
  readonly prepared: PreparedRun;
  readonly baseline: BaselineSide;
  /** The run to go on with; null starts a new one. */
  readonly resume: StoredRun | null;
  /** How far the gate believes the judges. */
  readonly trust: SuiteTrust;
  /** The bump between the baseline's prompt and this one; null when nothing is declared. */
  readonly declared: DeclaredChange | null;
}

/**
 * The store, what each run is compared with and what it goes on with; what is wrong with any of it is told before
 * anything is asked.
 */
async function openHistory(prepared: readonly PreparedRun[], place: RunPlace, options: RunOptions, io: Io) {
  const { project, home, at } = place;
  let store: Store | undefined;
  try {
    refuseUnpricedBudget(project, prepared, options);
    // A repository that git refuses to read must not look like one without a baseline.
    if (options.baseline !== "none") await findRepository(home);
    await refuseChangedPrompts(home, io.env, at?.commit);
    const opened = await openStore(home, () => io.date().getTime());
    store = opened;
    const say = (text: string): void => io.stderr(`${text}\n`);
    const resumed = options.resume
      ? findResumable(
          opened,
          prepared.map(({ plan }) => plan),
          options.run,
          say,
          ({ header }) => at === null || (header.commit === at.commit && header.dirty === false),
        )
      : null;
    const ready = await Promise.all(
      prepared.map(async (one): Promise<ReadyRun | null> => {
        const { plan } = one;
        const resume = resumed?.get(plan) ?? null;
        if (options.run !== undefined && resume === null) return null;
        const trust = suiteTrust(project.root, plan.suite.name, plan.suite.suite.gate, plan.scorers);
        const side = await baselineSide({
          store: opened,
          root: home,
          at: at ?? undefined,
          env: io.env,
          suite: plan.suite.name,
          alias: plan.suite.suite.models === undefined ? null : plan.model.alias,
          option: options.baseline,
          fingerprint: plan.fingerprint,
        });
        const declared = await declaredInRun(plan, side, { place, io, store: opened });
        return { prepared: one, resume, trust, declared, baseline: await scoredAlike(side, plan, opened) };
      }),
    );
    return { store: opened, ready: ready.filter((one) => one !== null) };
  } catch (error) {
    store?.close();
    await closeRuns(prepared);
    throw error;
  }
}

/** What goes wrong once calls are paid for (a full disk) is not a mistake after which nothing was run. */
async function midway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof EvalsError
      ? new EvalsError(error.problems, { midway: true, cause: error })
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
  const { prepared, baseline, resume, trust, declared } = ready;
  const { options, place, io, store, stop, progress } = sitting;
  const { project } = place;
  const head = await place.head;
  const { plan } = prepared;
  const gating = gateFor(plan, baseline, {
    allTrials: options.allTrials,
    unbelieved: trust.unbelieved,
    declared,
  });
  const budget = budgetOf(project, options);
  const world: RunWorld = {
    store,
    wrap: await wrapperFor(prepared, project, io, progress.retried),
    judging: { sleep: io.sleep, random: io.random, now: io.now, onRetry: progress.retried },
    control: { stopping: stop.stopping, signal: stop.signal },
    onStart: (header, done, tally) => {
      gating.start(header, tally);
      progress.start(header.suite, header.planned, done);
    },
    onTrial: progress.trial,
    now: io.now,
    today: () => io.date().toISOString(),
    newId: () => io.randomHex(4),
    commit: head?.commit ?? null,
    dirty: head?.dirty ?? null,
  };
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
        notFromCache: options.cache ? answersOf(baseline, store) : undefined,
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
  if (options.record) {
    const path = await recordRun(plan, ran.writer.no, store, project.root);
    io.stderr(`recorded ${ran.counts.answered} answers in ${path}\n`);
    for (const one of await recordJudges(plan, ran.writer.no, store, project.root))
      io.stderr(`recorded ${plural(one.replies, "reply", "replies")} of judges in ${one.path}\n`);
  }
  const { metrics: raw, tags } = measure(ran.header, ran.tally, plan.tags, ran.judged);
  const metrics = withCorrections(raw, ran, trust, store);
  const { gate, comparison: compared } = gating.conclude(ran, metrics);
  const comparison = compared === null ? null : await examplesOf(compared, ran, baseline, store);
  const silent =
    baseline.note === null || (baseline.arm === null && plan.suite.suite.gate.regression === false);
  const notes = [
    ...canaries.heard().notes,
    ...notesOf(ran),
    ...changedPins(plan.suite, plan.model, project.models).map(({ what, fix }) => `${what} ${fix}`),
    ...(silent ? [] : [baseline.note]),
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

/** Answers before come from the store, or from what was kept beside the baseline. */
async function examplesOf(compared: Comparison, ran: RanRun, baseline: BaselineSide, store: Store) {
  const run = runBehind(baseline, store);
  const kept = run === null ? await baseline.answers() : null;
  return withExamples(compared, store, run, { no: ran.writer.no, header: ran.header }, kept);
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

function budgetOf(project: Project, options: RunOptions) {
  if (options.budget === undefined) return project.budget;
  return { ...project.budget, usd: options.budget };
}

/** A ceiling in dollars cannot be kept for a model whose price nobody knows. */
function refuseUnpricedBudget(project: Project, prepared: readonly PreparedRun[], options: RunOptions): void {
  if (budgetOf(project, options)?.usd === undefined) return;
  const asked = prepared.flatMap(({ plan, target, judges }) => [
    { model: plan.model, target },
    ...judges.asked(),
  ]);
  const unpriced = asked.filter(
    ({ model, target }) =>
      target.price === null &&
      target.client.immediate !== true &&
      ["openai", "anthropic"].includes(model.provider.kind),
  );
  if (unpriced.length === 0) return;
  throw new EvalsError(
    [...new Set(unpriced.map(({ model }) => model.alias))].map((alias) => ({
      code: "EVALS_BUDGET_UNPRICED",
      path: project.configPlaces.path,
      ...project.configPlaces.at(["models", alias], "key"),
      what: `The budget is in dollars, and model "${alias}" has no price.`,
      why: "An unknown cost is not zero: the run could not stop in time.",
      fix: "price: { input: <dollars per million tokens>, output: … }    (0 for a model of your own)",
    })),
  );
}
