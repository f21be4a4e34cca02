import type { RunEnd, RunPace } from "../domain/report.ts";
import type { EndedStatus, RunCounts, RunHeader } from "../domain/run.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { KnownSpending, LostReply, RunWriter } from "../store/store.ts";
import { cacheFor, seesRaw } from "./answers-at-hand.ts";
import type { BatchedRun, BatchSession } from "./batch-session.ts";
import {
  type BudgetGuard,
  type Most,
  NOTHING_BESIDE,
  openSharedBudget,
  withoutSpent,
} from "./budget-guard.ts";
import { payingHooks, ratesOf } from "./call-hooks.ts";
import { countTrials } from "./count-trials.ts";
import { keepingSpoiled, NOTHING_BEFORE, readBefore } from "./earlier-sessions.ts";
import { runTrials } from "./engine.ts";
import type { EngineEnd, StopRule } from "./engine-job.ts";
import { isOfChosenCases, keepingFirst } from "./first-answers.ts";
import type { JudgedRun, JudgeTotals } from "./judge-session.ts";
import type { Plan } from "./plan.ts";
import type { PressureTotals } from "./read-flips.ts";
import { type RemoteTrials, sharedWith } from "./remote-trials.ts";
import { createRun, headerOf, resumedHeader } from "./run-header.ts";
import type { RunSettings, RunWorld } from "./run-settings.ts";
import { unpricedReplies } from "./unpriced-budget.ts";
import { caseByCase, roundByRound, type WorkOrder } from "./work-order.ts";

/** The result of one session of a run. Its trials are stored; its report is not made yet. */
export interface RanRun {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly tally: Tally;
  /** Cost, over all sessions, of replies that are not in a scored trial. */
  readonly beside: KnownSpending;
  /** Calls and cost of its judges; null without judges. */
  readonly judged: JudgeTotals | null;
  /** Results of the variants of its passing trials; absent without pressure. */
  readonly pressure?: PressureTotals | undefined;
  readonly counts: RunCounts;
  readonly status: EndedStatus;
  readonly end: RunEnd;
  /** Spending of this session, judges included. */
  readonly spent: { readonly usd: number | null; readonly tokens: number | null };
  readonly duration_ms: number;
  readonly pace: RunPace;
  readonly writer: RunWriter;
  /** Messages for the user about a run that was asked in batches; absent for other runs. */
  readonly batched?: readonly string[] | undefined;
}

/** Runs, scores and stores every trial of a plan, except the trials that are stored already. */
export async function executeRun(plan: Plan, settings: RunSettings, world: RunWorld): Promise<RanRun> {
  const started = world.now();
  const { resume } = settings;
  const header = resume === null ? headerOf(plan, settings, world) : resumedHeader(resume.header, settings);
  const opened =
    resume === null ? createRun(plan, header, world.store) : world.store.resume({ ...resume, header });
  const tally = settings.tally ?? makeTally(plan.count, plan.scorers.length);
  const before =
    settings.resume === null
      ? NOTHING_BEFORE
      : readBefore(plan, settings, settings.resume, world.store, tally);
  const mostOf = (caseNo: number): Most => guard.likely(() => plan.inputTokens(caseNo));
  // The calls of a conversation that do not tell what they took are stored one by one, with what a budget counts.
  const kept = keepingSpoiled(
    opened,
    before.spoiled,
    plan.target.conversing === undefined ? mostOf : () => NOTHING_BESIDE,
  );
  const writer =
    !settings.useCache && isOfChosenCases(header.narrowing)
      ? keepingFirst(kept, world.store, plan.askedHash)
      : kept;
  world.onStart(header, before.done, tally);
  const beside = (await world.before?.(header, before.spent)) ?? { usd: 0, tokens: 0 };

  const sharedBudget = openSharedBudget(withoutSpent(settings.budget, beside));
  const { early } = settings;
  let calls = settings.resume?.calls ?? 0;
  let judgeCalls = 0;
  const batch = await openBatches(plan, settings, world, {
    id: header.id,
    writer,
    mostOf,
    onCalls: (count) => {
      calls += count;
      writer.calls(count);
      writer.flush();
    },
    onJudgeCalls: (count) => {
      judgeCalls += count;
      writer.judgeCalls(count);
      writer.flush();
    },
  });
  await batch?.look();
  const guard = sharedBudget.guard(ratesOf(plan.target, batch?.price), before.spent);
  const judging = await beginJudging(plan, {
    header,
    writer,
    sharedBudget,
    store: world.store,
    signal: world.control.signal,
    useCache: settings.useCache,
    trials: plan.totalPlanned,
    calls: settings.resume?.judge_calls ?? 0,
    dependencies: world.judging ?? null,
    batches: batch?.judges,
  });
  const { conversing } = plan.target;
  const keepLost = (reply: Omit<LostReply, "judge">): void => writer.recordLost({ ...reply, judge: null });
  const onCall = (): void => {
    calls++;
    writer.calls(1);
  };
  const { remote } = world;
  const hooks = payingHooks(guard, keepLost);
  const live = remote?.client ?? world.wrap(plan.target.client, { onCall, ...hooks });
  const asked = batch?.client(live, hooks.onFailed) ?? live;
  const client =
    conversing === undefined || remote !== undefined
      ? asked
      : (await import("./conversation-calls.ts")).conversingClient(conversing, asked, {
          ...{ sharedBudget, guard, keepLost, plan, onCall, writer },
          wrapPerson: world.wrapPerson,
          now: world.now,
        });
  const pace = world.watchPace?.();
  const ended = await runTrials({
    plan,
    order: settings.order ?? orderOf(plan, early?.order),
    client,
    price: plan.target.price,
    writer,
    tally,
    concurrency: settings.concurrency,
    isDone:
      settings.asksNothing === true
        ? () => true
        : settings.only === "errored"
          ? (caseNo, trial) => !before.wasAsked(caseNo, trial)
          : before.isDone,
    unscored: seesRaw(plan) ? () => undefined : before.unscored,
    scored: remote?.scored,
    halted: remote?.halted,
    cached: settings.useCache ? await cacheFor(plan, world.store, settings.notFromCache) : null,
    isPaidFor: batch?.isPaidFor,
    budget: guard,
    inputTokens: plan.inputTokens,
    unpriced: () => unpricedReplies(plan.model.alias),
    stop: early === null ? null : stopOf(early.stop, remote, batch !== undefined),
    control: world.control,
    onTrial: (event) => {
      early?.note(event.kind === "answered" ? event : { ...event, pass: null, scores: [] });
      world.onTrial(event);
    },
    now: world.now,
  });
  const far = await remote?.settle((reply) => writer.recordLost(reply));
  if (far !== undefined) {
    calls += far.calls;
    writer.calls(far.calls);
    writer.judgeCalls(far.judge_calls);
  }
  writer.flush();
  const end = (await batch?.finish(ended)) ?? ended;
  await batch?.close();
  writer.flush();
  const judged = judging();
  const counts = {
    ...countTrials({ cases: plan.count, planned: plan.totalPlanned, calls }, tally, end.kind === "decided"),
    ...(far === undefined ? {} : { uncertain: far.uncertain }),
  };
  return {
    header,
    plan,
    tally,
    // A recording costs nothing, except for what its scored answers cost when they were recorded.
    beside: plan.target.client.immediate === true ? NOT_PAID : world.store.unscoredSpending(writer.no),
    judged,
    counts:
      judged === null
        ? counts
        : { ...counts, judge_calls: judged.calls + judgeCalls + (far?.judge_calls ?? 0) },
    status: statusOf(counts),
    end: endOf(end, counts, settings),
    spent: together(spentBy(plan, guard, before.spent), judged?.spent),
    duration_ms: world.now() - started,
    pace: far?.pace ?? pace?.() ?? NEVER_HELD,
    writer,
    ...(batch === undefined ? {} : { batched: batch.notes }),
  };
}

/** How the run ended, for its report. A run that left out trials on purpose counts as cancelled. */
function endOf(end: EngineEnd, { skipped }: RunCounts, { only }: RunSettings): RunEnd {
  if (end.kind === "decided") return { kind: "decided" };
  const leftOut = only !== undefined && end.kind === "all-asked" && skipped > 0;
  return leftOut ? { kind: "skipped", because: "cancelled" } : end;
}

/** Prepares the judges of a run. Their code is loaded only for a run with judges. */
async function beginJudging({ judges }: Plan, run: JudgedRun): Promise<() => JudgeTotals | null> {
  if (judges === null || judges.asked().length === 0) return () => null;
  return (await import("./judge-session.ts")).beginJudging(judges, run);
}

/**
 * Opens the batches of a run; undefined for a run without batches, which does not load the code for batches either.
 */
async function openBatches(
  plan: Plan,
  { batch: settings, asksNothing, useCache }: RunSettings,
  { store, control, today, judging }: RunWorld,
  session: Pick<BatchedRun, "id" | "writer" | "mostOf" | "onCalls" | "onJudgeCalls">,
): Promise<BatchSession | undefined> {
  const { batches, cases, read, transcript, judgement } = store;
  if (settings === undefined || asksNothing === true) return undefined;
  if (batches === undefined || cases === undefined || read === undefined) return undefined;
  const { openBatchSession } = await import("./batch-session.ts");
  return openBatchSession({
    ...{ plan, store: { batches, cases, read, transcript, judgement }, control, settings },
    shares: useCache,
    ...session,
    keepLost: session.writer.recordLost,
    judgesToo: !seesRaw(plan),
    host: { sleep: judging?.sleep ?? (async () => {}), random: judging?.random ?? (() => 0) },
    clock: () => Date.parse(today()),
  });
}

/**
 * The stop rule as this run applies it: a batch contains no trials beyond the next look, and workers are told
 * when the run stops.
 */
function stopOf(stop: StopRule, remote: RemoteTrials | undefined, isBatched: boolean): StopRule {
  const rule = remote === undefined ? stop : sharedWith(remote, stop);
  return isBatched ? { ...rule, ahead: 0 } : rule;
}

const NEVER_HELD: RunPace = { limited_by: null, waited_ms: 0, refused: 0 };

/** Recorded answers are read in file order; a model is asked in rounds, so that every case is asked early. */
function orderOf(plan: Plan, order: ArrayLike<number> | undefined): WorkOrder {
  return plan.target.client.immediate === true
    ? caseByCase(plan.count, plan.trials)
    : roundByRound(plan.count, plan.trials, order);
}

const NOT_PAID: KnownSpending = { replies: 0, usd: 0, unpriced: 0, tokens: 0, untold: 0 };

function statusOf({ errored, skipped, not_needed }: RunCounts): EndedStatus {
  if (errored + skipped > 0) return "incomplete";
  return not_needed > 0 ? "stopped_early" : "complete";
}

/** Spending of this session; unknown when the cost of any call is unknown. */
function spentBy(plan: Plan, guard: BudgetGuard, before: { usd: number; tokens: number }): RanRun["spent"] {
  const asksNothing = plan.target.client.immediate === true;
  const usd = guard.spent.usd - before.usd;
  const tokens = guard.spent.tokens - before.tokens;
  if (asksNothing) return { usd: 0, tokens: 0 };
  return { usd: guard.unpriced > 0 ? null : usd, tokens: guard.untold > 0 ? null : tokens };
}

/** The sum of two numbers; null when either is null. */
const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** The sum of two amounts; unknown when either amount is unknown. */
export function together(a: RanRun["spent"], b: RanRun["spent"] | undefined): RanRun["spent"] {
  if (b === undefined) return a;
  return { usd: sum(a.usd, b.usd), tokens: sum(a.tokens, b.tokens) };
}
