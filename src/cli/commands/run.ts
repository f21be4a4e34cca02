import { withExamples } from "../../baselines/case-examples.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { ReportedRun } from "../../domain/report.ts";
import { readHead } from "../../git/repository.ts";
import { runDocument } from "../../reports/json/documents.ts";
import { runJson } from "../../reports/json/run-json.ts";
import { assembleReport, measure } from "../../run/assemble-report.ts";
import { executeRun, type RanRun } from "../../run/execute-run.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { type BaselineSide, baselineSide } from "../baseline-side.ts";
import { refuseChangedPrompts } from "../changed-prompts.ts";
import { exitCodeFor } from "../exit-code.ts";
import { gateFor } from "../gate-for.ts";
import type { Io } from "../io.ts";
import { openProject } from "../open-project.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "../prepare-runs.ts";
import { type Progress, showProgress, silentProgress } from "../progress.ts";
import { replaying } from "../replay-model.ts";
import { reportedRun } from "../reported-run.ts";
import { openReporters } from "../reporters.ts";
import { runBehind, scoredAlike } from "../rescored-side.ts";
import { findResumable } from "../resume.ts";
import { narrowingOf, type RunOptions, readRunOptions } from "../run-options.ts";
import { listenForStop } from "../stop-signals.ts";
import { recordRun, wrapperFor } from "../wrap-target.ts";

/** `evals run`: plan everything, then run, score, store, gate and report one run after another. */
export async function runCommand(raw: Record<string, unknown>, io: Io): Promise<number> {
  const options = readRunOptions(raw);
  const reporters = openReporters(options, io);
  const project = await openProject(io, {
    directory: options.directory,
    suites: options.suites,
    overrides: { model: options.model, prompt: options.prompt, trials: options.trials },
  });
  const [head, prepared] = await Promise.all([
    readHead(project.root),
    prepareRuns(
      project,
      project.suites,
      { narrowing: narrowingOf(options), trials: options.trials, concurrency: options.concurrency },
      options.replay ? await replaying() : undefined,
    ),
  ]);
  const { store, ready } = await openHistory(prepared, project, options, io);
  const stop = listenForStop(io);
  const progress = options.quiet ? silentProgress : showProgress(io);
  const runs: ReportedRun[] = [];
  try {
    for (const one of ready) {
      if (stop.stopping()) break;
      const run = await midway(() => runOne(one, { options, project, io, store, stop, progress, head }));
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
    await reporters.end(runs, code, runDocument);
    return code;
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
}

/**
 * The store, what each run is compared with and what it goes on with; what is wrong with any of it is told before
 * anything is asked.
 */
async function openHistory(prepared: readonly PreparedRun[], project: Project, options: RunOptions, io: Io) {
  let store: Store | undefined;
  try {
    refuseUnpricedBudget(project, prepared, options);
    await refuseChangedPrompts(project.root);
    const opened = await openStore(project.root, () => io.date().getTime());
    store = opened;
    const say = (text: string): void => io.stderr(`${text}\n`);
    const resumed = options.resume
      ? findResumable(
          opened,
          prepared.map(({ plan }) => plan),
          options.run,
          say,
        )
      : null;
    const ready = await Promise.all(
      prepared.map(async (one): Promise<ReadyRun | null> => {
        const { plan } = one;
        const resume = resumed?.get(plan) ?? null;
        if (options.run !== undefined && resume === null) return null;
        const side = await baselineSide({
          store: opened,
          root: project.root,
          env: io.env,
          suite: plan.suite.name,
          alias: plan.suite.suite.models === undefined ? null : plan.model.alias,
          option: options.baseline,
        });
        return { prepared: one, resume, baseline: await scoredAlike(side, plan, opened) };
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
  readonly project: Project;
  readonly io: Io;
  readonly store: Store;
  readonly stop: ReturnType<typeof listenForStop>;
  readonly progress: Progress;
  readonly head: Awaited<ReturnType<typeof readHead>>;
}

async function runOne({ prepared, baseline, resume }: ReadyRun, sitting: Sitting): Promise<ReportedRun> {
  const { options, project, io, store, stop, progress, head } = sitting;
  const { plan } = prepared;
  const gating = gateFor(plan, baseline, { allTrials: options.allTrials });
  const ran = await executeRun(
    plan,
    {
      concurrency: prepared.concurrency,
      budget: budgetOf(project, options),
      useCache: options.cache,
      resume,
      early: gating.early,
    },
    {
      store,
      wrap: await wrapperFor(prepared, project, io, progress.retried),
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
    },
  );
  progress.end();
  if (options.record) {
    const path = await recordRun(plan, ran.writer.no, store, project.root);
    io.stderr(`recorded ${ran.counts.answered} answers in ${path}\n`);
  }
  const { metrics, tags } = measure(ran.header, ran.tally, plan.tags);
  const { gate, comparison: compared } = gating.conclude(ran, metrics);
  const comparison =
    compared === null
      ? null
      : withExamples(compared, store, runBehind(baseline, store), { no: ran.writer.no, header: ran.header });
  const silent =
    baseline.note === null || (baseline.arm === null && plan.suite.suite.gate.regression === false);
  const notes = [...notesOf(ran), ...(silent ? [] : [baseline.note])];
  const report = assembleReport({ ran, metrics, tags, gate, comparison, notes }, store);
  ran.writer.end(ran.status, runJson(report) as never, io.date().toISOString());
  return reportedRun(report, {
    store,
    no: ran.writer.no,
    baseline,
    lineOf: ({ case_no }) => plan.line(case_no),
  });
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
  const unpriced = prepared.filter(
    ({ plan, target }) =>
      target.price === null &&
      target.client.immediate !== true &&
      ["openai", "anthropic"].includes(plan.model.provider.kind),
  );
  if (unpriced.length === 0) return;
  throw new EvalsError(
    [...new Set(unpriced.map(({ plan }) => plan.model.alias))].map((alias) => ({
      code: "EVALS_BUDGET_UNPRICED",
      path: project.configPlaces.path,
      ...project.configPlaces.at(["models", alias], "key"),
      what: `The budget is in dollars, and model "${alias}" has no price.`,
      why: "An unknown cost is not zero: the run could not stop in time.",
      fix: "price: { input: <dollars per million tokens>, output: … }    (0 for a model of your own)",
    })),
  );
}
