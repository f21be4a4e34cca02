import type { Budget } from "../domain/config.ts";
import type { DriftNight } from "../domain/drift.ts";
import { factsOfTarget } from "../domain/listed-target.ts";
import { namedVersion, type PromptVersion } from "../domain/prompt.ts";
import type { Client, PreparedRequest } from "../domain/provider.ts";
import type { RunEnd, RunPace } from "../domain/report.ts";
import type { EndedStatus, RunCounts, RunHeader } from "../domain/run.ts";
import { tokensOf } from "../domain/transcript.ts";
import { makeTally, type Tally, type TallyRow } from "../metrics/tally.ts";
import type {
  CachedAnswer,
  KnownSpending,
  LostReply,
  NewRunCase,
  RunWriter,
  Store,
  StoredRun,
} from "../store/store.ts";
import type { BatchedRun, BatchSession, BatchSettings, BatchStore } from "./batch-session.ts";
import {
  type BudgetGuard,
  type Earlier,
  openSharedBudget,
  type Spending,
  withoutSpent,
} from "./budget-guard.ts";
import { type CallHooks, payingHooks, ratesOf } from "./call-hooks.ts";
import { callAccount, personOf } from "./conversation-calls.ts";
import { countTrials } from "./count-trials.ts";
import { type EngineEnd, type RunControl, runTrials, type StopRule, type TrialEvent } from "./engine.ts";
import { runScorer } from "./fingerprint.ts";
import type { JudgeDependencies } from "./judge-pool.ts";
import type { JudgedRun, JudgedStore, JudgeTotals } from "./judge-session.ts";
import { priceSource } from "./model-price.ts";
import type { Plan } from "./plan.ts";
import type { PressureTotals } from "./read-flips.ts";
import { type RemoteTrials, sharedWith } from "./remote-trials.ts";
import { unpricedReplies } from "./unpriced-budget.ts";
import { caseByCase, roundByRound, type WorkOrder } from "./work-order.ts";

export interface RunSettings {
  readonly concurrency: number;
  readonly budget: Budget | null;
  readonly useCache: boolean;
  /** Ids of answers not to take from the cache: those of the baseline, which must not be compared with themselves. */
  readonly notFromCache?: (() => Promise<ReadonlySet<number>>) | undefined;
  /** The run to resume; null starts a new one. */
  readonly resume: StoredRun | null;
  /** Stopping rule with its seeded order; null asks everything. */
  readonly early: EarlyStop | null;
  /** Whether nothing is asked, even if trials are missing, because the run was merged from shards. */
  readonly asksNothing?: boolean | undefined;
  /** Only these trials in this order; default all of the plan. */
  readonly order?: WorkOrder | undefined;
  /** Id of the run to which these canaries belong. */
  readonly canaryOf?: string | undefined;
  /** Asks only errored trials again; only for a resumed run. */
  readonly only?: "errored" | undefined;
  /** Set for a run of a drift series. */
  readonly drift?: DriftNight | undefined;
  /** Set for a run asked in batches; absent for single calls. */
  readonly batch?: BatchSettings | undefined;
  /** Id of the run to whose trials these variants belong. */
  readonly pressureOf?: string | undefined;
  /** Names of the judges that are calibrated: only they may name the class of a failure. */
  readonly believed?: ReadonlySet<string> | undefined;
}

/** A stopping rule that is informed about every trial, including those of earlier sessions. */
export interface EarlyStop {
  readonly stop: StopRule;
  /** Case numbers in the order of asking. */
  readonly order: ArrayLike<number>;
  readonly note: (trial: {
    case_no: number;
    trial: number;
    pass: boolean | null;
    scores: readonly (number | null)[];
  }) => void;
}

/** The part of a store that a run needs while it is in progress. */
export type EngineStore = JudgedStore &
  Pick<Store, "create" | "resume" | "scan" | "transcript" | "cached" | "unscoredSpending"> &
  Partial<BatchStore>;

/** What a run depends on besides its plan. */
export interface RunWorld {
  readonly store: EngineStore;
  /** Absent when this process asks by itself. */
  readonly remote?: RemoteTrials | undefined;
  /** Wraps the target's client in retries, deadline, limits and recording. */
  readonly wrap: (client: Client, hooks: CallHooks) => Client;
  /** The same for the simulated user's model; absent when there is none. */
  readonly wrapPerson?: ((hooks: CallHooks) => Client) | undefined;
  /** Starts measuring the target's pace; absent when nothing is asked. */
  readonly watchPace?: (() => () => RunPace) | undefined;
  /** What judges and batches need besides the network; only used by a plan that has some. */
  readonly judging?: JudgeDependencies | undefined;
  readonly control: RunControl;
  readonly onStart: (header: RunHeader, done: number, tally: Tally) => void;
  /**
   * Awaited before the first trial, after the run is stored.
   *
   * @param spent by earlier sessions of this run
   * @returns further spending that counts against the run's budget
   */
  readonly before?: ((header: RunHeader, spent: Spending) => Promise<Spending>) | undefined;
  readonly onTrial: (event: TrialEvent) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** ISO 8601, UTC. */
  readonly today: () => string;
  /** Eight random hexadecimal digits. */
  readonly newId: () => string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly dirty: boolean | null;
}

/** The result of a session. The run is stored; its report is not yet. */
export interface RanRun {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly tally: Tally;
  /** Cost in all sessions of replies that are not in a scored trial. */
  readonly beside: KnownSpending;
  /** Calls and cost of its judges; null without judges. */
  readonly judged: JudgeTotals | null;
  /** Results of the variants of its passing trials; absent without pressure. */
  readonly pressure?: PressureTotals | undefined;
  readonly counts: RunCounts;
  readonly status: EndedStatus;
  readonly end: RunEnd;
  /** By this session, including judges. */
  readonly spent: { readonly usd: number | null; readonly tokens: number };
  readonly duration_ms: number;
  readonly pace: RunPace;
  readonly writer: RunWriter;
  /** For a run asked in batches: messages for the user. */
  readonly batched?: readonly string[] | undefined;
}

/** Asks, scores and stores every trial of a plan that is not stored yet. */
export async function executeRun(plan: Plan, settings: RunSettings, world: RunWorld): Promise<RanRun> {
  const started = world.now();
  const header = settings.resume?.header ?? headerOf(plan, settings, world);
  const opened =
    settings.resume === null ? createRun(plan, header, world.store) : world.store.resume(settings.resume);
  const tally = makeTally(plan.count, plan.scorers.length);
  const before =
    settings.resume === null
      ? NOTHING_BEFORE
      : readBefore(plan, settings, settings.resume, world.store, tally);
  const writer = keepingSpoiled(opened, before.spoiled);
  world.onStart(header, before.done, tally);
  const beside = (await world.before?.(header, before.spent)) ?? { usd: 0, tokens: 0 };

  const sharedBudget = openSharedBudget(withoutSpent(settings.budget, beside));
  const { early } = settings;
  let calls = settings.resume?.calls ?? 0;
  let judgeCalls = 0;
  const batch = await openBatches(plan, settings, world, {
    id: header.id,
    writer,
    onCalls: (count) => {
      calls += count;
      writer.calls(count);
    },
    onJudgeCalls: (count) => {
      judgeCalls += count;
      writer.judgeCalls(count);
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
      : conversing.client({
          target: {
            client: asked,
            account: callAccount(plan.target, { sharedBudget, guard, keepLost, plan }),
          },
          person: personOf(conversing, world.wrapPerson, { sharedBudget, onCall, keepLost, plan }),
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
    inputTokens: sharedBudget.limited ? plan.inputTokens : () => 0,
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
    // Recorded answers are all scored, or cost nothing now.
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

/** Trials left out on purpose count as not asked. */
function endOf(end: EngineEnd, { skipped }: RunCounts, { only }: RunSettings): RunEnd {
  if (end.kind === "decided") return { kind: "decided" };
  const leftOut = only !== undefined && end.kind === "all-asked" && skipped > 0;
  return leftOut ? { kind: "skipped", because: "cancelled" } : end;
}

/** Prepares the judges of a run; loads nothing for a run without judges. */
async function beginJudging({ judges }: Plan, run: JudgedRun): Promise<() => JudgeTotals | null> {
  if (judges === null || judges.asked().length === 0) return () => null;
  return (await import("./judge-session.ts")).beginJudging(judges, run);
}

/** The batches of a run asked in batches; loaded only for such a run. */
async function openBatches(
  plan: Plan,
  { batch: settings, asksNothing, useCache }: RunSettings,
  { store, control, today, judging }: RunWorld,
  session: Pick<BatchedRun, "id" | "writer" | "onCalls" | "onJudgeCalls">,
): Promise<BatchSession | undefined> {
  const { batches, cases, read } = store;
  if (settings === undefined || asksNothing === true) return undefined;
  if (batches === undefined || cases === undefined || read === undefined) return undefined;
  const { openBatchSession } = await import("./batch-session.ts");
  return openBatchSession({
    ...{ plan, store: { batches, cases, read }, control, settings },
    shares: useCache,
    ...session,
    keepLost: session.writer.recordLost,
    judgesToo: !seesRaw(plan),
    host: { sleep: judging?.sleep ?? (async () => {}), random: judging?.random ?? (() => 0) },
    clock: () => Date.parse(today()),
  });
}

/** The rest of a round is not put into a batch before its look; workers are told to stop asking. */
function stopOf(stop: StopRule, remote: RemoteTrials | undefined, isBatched: boolean): StopRule {
  const rule = remote === undefined ? stop : sharedWith(remote, stop);
  return isBatched ? { ...rule, ahead: 0 } : rule;
}

/** Whether a scorer needs data before redaction, which the store does not have, so that no stored answer can be scored. */
export function seesRaw({ scorers, redaction }: Plan): boolean {
  return redaction !== null && scorers.some((one) => one.raw === true);
}

/** Whether any trial of a plan must be asked: recorded, cached and earlier answers are available. */
export async function asksAnything(plan: Plan, settings: AskSettings, store: Store): Promise<boolean> {
  return (await unanswered(plan, settings, store).next()).done !== true;
}

export type AskSettings = Pick<RunSettings, "useCache" | "resume" | "notFromCache">;

/** The case number of each trial that the target must be asked: without a recorded, cached or earlier answer. */
export async function* unanswered(
  plan: Plan,
  { useCache, resume, notFromCache }: AskSettings,
  store: Store,
): AsyncGenerator<number, void, undefined> {
  if (plan.target.client.immediate === true) return;
  const before = resume === null ? null : answeredBefore(resume, store);
  const cached = useCache ? await cacheFor(plan, store, notFromCache) : null;
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    for (let trial = 1; trial <= plan.planned(caseNo); trial++) {
      if (before?.has(`${caseNo}/${trial}`)) continue;
      const hit = cached?.(plan.askedHash(caseNo), trial);
      if (hit === undefined || plan.isSpoiled(caseNo, hit.transcript)) yield caseNo;
    }
  }
}

/** Trials of an earlier session that need no further answer, as `case/trial`. */
function answeredBefore(run: StoredRun, store: Store): ReadonlySet<string> {
  const answered = new Set<string>();
  for (const { case_no, trial, pass, error } of store.scan(run.no))
    if (pass !== null || (error !== "simulator" && store.transcript(run.no, case_no, trial) !== undefined))
      answered.add(`${case_no}/${trial}`);
  return answered;
}

const NEVER_HELD: RunPace = { limited_by: null, waited_ms: 0, refused: 0 };

/** Null when answers of earlier runs must not, or need not, be reused. */
export async function cacheFor(
  plan: Plan,
  store: Pick<Store, "cached">,
  readNot: RunSettings["notFromCache"],
) {
  if (!plan.target.cacheable || plan.target.client.immediate || seesRaw(plan)) return null;
  const not = await readNot?.();
  if (not === undefined || not.size === 0) return store.cached;
  return (askedHash: string, trial: number): CachedAnswer | undefined => {
    const hit = store.cached(askedHash, trial);
    return hit === undefined || not.has(hit.answer_id) ? undefined : hit;
  };
}

/** Recorded answers are read in file order; a model is asked in rounds, so that every case is asked early. */
function orderOf(plan: Plan, order: ArrayLike<number> | undefined): WorkOrder {
  return plan.target.client.immediate === true
    ? caseByCase(plan.count, plan.trials)
    : roundByRound(plan.count, plan.trials, order);
}

/** The target for people; an inline prompt has no version to name. */
export function targetWords(prompt: { readonly version: PromptVersion } | null, label: string): string {
  if (prompt === null) return label;
  const version = namedVersion(prompt);
  return version === null ? `inline prompt · ${label}` : `prompt ${version.version} · ${label}`;
}

/** The header under which a run is stored. */
export function headerOf(
  plan: Plan,
  {
    canaryOf,
    pressureOf,
    drift,
    batch,
    believed,
  }: Pick<RunSettings, "canaryOf" | "pressureOf" | "drift" | "batch" | "believed">,
  world: Pick<RunWorld, "newId" | "commit" | "branch" | "dirty" | "today">,
): RunHeader {
  const { suite, model, target } = plan;
  // Our prompts were not used for answers made elsewhere.
  const asked = model.provider.answersFrom === "outputs" ? null : suite.prompt;
  const facts = factsOfTarget({ ...suite, prompt: asked }, model);
  const { prompt } = facts;
  return {
    id: world.newId(),
    suite: suite.name,
    alias: model.alias,
    one_of_several: facts.one_of_several,
    ...(facts.one_of_prompts === true && prompt !== null ? { one_of_prompts: true } : {}),
    provider: model.provider.kind,
    target: targetWords(asked, target.label),
    model: target.label,
    prompt,
    trials: plan.trials,
    cases: plan.count,
    planned: plan.totalPlanned,
    fingerprint: plan.fingerprint,
    target_hash: plan.targetHash,
    rescored_from: null,
    ...(canaryOf === undefined ? {} : { canary_of: canaryOf }),
    ...(drift === undefined ? {} : { drift }),
    ...(batch === undefined ? {} : { batch: true }),
    ...(pressureOf === undefined ? {} : { pressure_of: pressureOf }),
    ...(plan.pressure === undefined ? {} : { pressure: plan.pressure }),
    ...(target.conversing?.played_by === undefined ? {} : { played_by: target.conversing.played_by }),
    plan: plan.hash,
    narrowing: plan.narrowing,
    ...(plan.wholeFingerprint === undefined ? {} : { whole_fingerprint: plan.wholeFingerprint }),
    ...(priceSource([target]) === undefined ? {} : { price_source: priceSource([target]) }),
    scorers: plan.scorers.map((one, index) => ({
      ...runScorer(one),
      type: suite.scorers[index]?.definition.type ?? "",
      ...(one.blames !== undefined && believed?.has(one.name) === true ? { blames: one.blames } : {}),
    })),
    parts: {
      dataset: plan.datasetPath,
      target: target.identity,
      scorers: plan.scorers.map((one) => one.identity),
    },
    ...(plan.restricted ? { restricted: true } : {}),
    commit: world.commit,
    branch: world.branch,
    dirty: world.dirty,
    started_at: world.today(),
  };
}

export function createRun(plan: Plan, header: RunHeader, store: Pick<Store, "create">): RunWriter {
  return store.create(header, newCases(plan), {
    content: (caseNo) => {
      const { input, expected } = plan.kept(caseNo);
      return JSON.stringify({ input, expected });
    },
    request: plan.asks ? (caseNo) => JSON.stringify(keptRequest(plan, caseNo)) : null,
    ...(plan.redaction === null ? {} : { anew: true }),
  });
}

function keptRequest({ request, redaction }: Plan, caseNo: number): PreparedRequest {
  return redaction === null ? request(caseNo) : redaction.value(request(caseNo));
}

function* newCases(plan: Plan): IterableIterator<NewRunCase> {
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    yield {
      id: plan.id(caseNo),
      content_hash: plan.contentHash(caseNo),
      key: plan.key(caseNo),
      tags: plan.golden(caseNo).tags,
      planned: plan.planned(caseNo),
      request_hash: plan.requestHash(caseNo),
      asked_hash: plan.askedHash(caseNo),
    };
  }
}

const NOT_PAID: KnownSpending = { replies: 0, usd: 0, unpriced: 0, tokens: 0 };

const NOTHING_BEFORE = {
  done: 0,
  spent: { usd: 0, tokens: 0 } satisfies Earlier,
  isDone: () => false,
  wasAsked: () => false,
  unscored: () => undefined,
  spoiled: new Map<string, LostReply>(),
};

/** Records the cost of an answer spoiled by its simulated user, when another answer replaces it. */
function keepingSpoiled(writer: RunWriter, spoiled: Map<string, LostReply>): RunWriter {
  if (spoiled.size === 0) return writer;
  return {
    ...writer,
    record: (record) => {
      const place = `${record.case_no}/${record.trial}`;
      const lost = spoiled.get(place);
      if (lost !== undefined) writer.recordLost(lost);
      spoiled.delete(place);
      writer.record(record);
    },
  };
}

/**
 * The state left by earlier sessions of this run: scored trials count; answers without scores, or with a failed
 * required scorer, are scored again; other errored trials are asked again, including those spoiled by a simulated
 * user.
 */
function readBefore(
  plan: Plan,
  { early, asksNothing }: Pick<RunSettings, "early" | "asksNothing">,
  run: StoredRun,
  store: EngineStore,
  tally: Tally,
) {
  const done = new Uint8Array(plan.count * plan.trials);
  /** By trial: whether the answer came from the cache. */
  const waiting = new Map<number, boolean>();
  const spoiled = new Map<string, LostReply>();
  const lost = store.lostSpending(run.no, "target");
  const spent: Spending = { usd: lost.usd, tokens: lost.tokens };
  const dearest = { usd: 0, tokens: 0, output_tokens: 0 };
  let seen = 0;
  let unpriced = 0;
  let count = 0;
  const place = (caseNo: number, trial: number): number => caseNo * plan.trials + trial - 1;
  for (const row of store.scan(run.no)) {
    if (!row.cached) {
      spent.usd += row.cost_usd ?? 0;
      spent.tokens += tokensOf(row.usage) ?? 0;
      dearest.usd = Math.max(dearest.usd, row.cost_usd ?? 0);
      dearest.tokens = Math.max(dearest.tokens, tokensOf(row.usage) ?? 0);
      dearest.output_tokens = Math.max(dearest.output_tokens, row.usage.output_tokens ?? 0);
      if (row.cost_usd !== null || row.usage.output_tokens !== null) seen++;
      if (row.kind === "answered" && row.cost_usd === null) unpriced++;
    }
    if (row.pass === null) {
      if (row.error !== "simulator") waiting.set(place(row.case_no, row.trial), row.cached);
      else if (!row.cached) spoiled.set(`${row.case_no}/${row.trial}`, lostReply(plan.id(row.case_no), row));
      if (asksNothing === true && row.kind === "errored") tally.add(row);
      continue;
    }
    done[place(row.case_no, row.trial)] = 1;
    count++;
    tally.add(row);
    early?.note({ ...row, scores: row.scores.map((one) => one?.[0] ?? null) });
  }
  const unknown = { usd: lost.most_usd + unpriced * dearest.usd, tokens: lost.most_tokens };
  return {
    done: count,
    spent: { ...spent, unknown, ...(seen === 0 ? {} : { seen: dearest }) } satisfies Earlier,
    spoiled,
    isDone: (caseNo: number, trial: number) => done[place(caseNo, trial)] === 1,
    /** Whether it has an outcome that is not final: an error, or an answer without scores. */
    wasAsked: (caseNo: number, trial: number) => waiting.has(place(caseNo, trial)),
    unscored: (caseNo: number, trial: number) => {
      const cached = waiting.get(place(caseNo, trial));
      const answer = cached === undefined ? undefined : store.transcript(run.no, caseNo, trial);
      return answer === undefined || cached === undefined ? undefined : { ...answer, cached };
    },
  };
}

function lostReply(case_id: string, { usage, cost_usd }: TallyRow): LostReply {
  return { case_id, judge: null, usage, cost_usd, most_usd: null, most_tokens: null };
}

function statusOf({ errored, skipped, not_needed }: RunCounts): EndedStatus {
  if (errored + skipped > 0) return "incomplete";
  return not_needed > 0 ? "stopped_early" : "complete";
}

/** Spending of this session; unknown when any call's cost is. */
function spentBy(plan: Plan, guard: BudgetGuard, before: { usd: number; tokens: number }): RanRun["spent"] {
  const asksNothing = plan.target.client.immediate === true;
  const usd = guard.spent.usd - before.usd;
  const tokens = guard.spent.tokens - before.tokens;
  return { usd: asksNothing ? 0 : guard.unpriced > 0 ? null : usd, tokens };
}

/** The sum of two amounts; unknown when either is. */
function together(a: RanRun["spent"], b: RanRun["spent"] | undefined): RanRun["spent"] {
  if (b === undefined) return a;
  return { usd: a.usd === null || b.usd === null ? null : a.usd + b.usd, tokens: a.tokens + b.tokens };
}
