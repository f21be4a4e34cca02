import type { Budget } from "../domain/config.ts";
import type { Client } from "../domain/provider.ts";
import type { RunEnd } from "../domain/report.ts";
import type { EndedStatus, RunCounts, RunHeader } from "../domain/run.ts";
import { tokensOf } from "../domain/transcript.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import type { CachedAnswer, NewRunCase, RunWriter, Store, StoredRun } from "../store/store.ts";
import { type BudgetGuard, openPurse, type Spending, withoutSpent } from "./budget-guard.ts";
import { countTrials } from "./count-trials.ts";
import { type RunControl, runTrials, type StopRule, type TrialEvent } from "./engine.ts";
import { runScorer } from "./fingerprint.ts";
import type { JudgeOutside } from "./judge-desk.ts";
import { beginJudging, type JudgeTotals } from "./judge-sitting.ts";
import type { Plan } from "./plan.ts";
import { caseByCase, roundByRound, type WorkOrder } from "./work-order.ts";

export interface RunSettings {
  readonly concurrency: number;
  readonly budget: Budget | null;
  readonly useCache: boolean;
  /** Answers that the cache must not give: those of the baseline, which are never compared with themselves. */
  readonly notFromCache?: (() => ReadonlySet<number>) | undefined;
  /** The run to go on with; null starts a new one. */
  readonly resume: StoredRun | null;
  /** Stopping rule with its seeded order; null asks everything. */
  readonly early: EarlyStop | null;
  /** The run is made of canaries of this one. */
  readonly canaryOf?: string | undefined;
}

/** A stopping rule that wants to know of every trial, those of earlier sittings too. */
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

/** The outside, as a run needs it. */
export interface RunWorld {
  readonly store: Store;
  /** Puts retry, deadline, limits and recording around the target's client. */
  readonly wrap: (client: Client, onCall: () => void) => Client;
  /** What judges need beside the network; only a plan that has judges uses it. */
  readonly judging?: JudgeOutside | undefined;
  readonly control: RunControl;
  readonly onStart: (header: RunHeader, done: number, tally: Tally) => void;
  /**
   * Awaited before the first trial, once the run is in the store.
   * @param spent by earlier sittings of this run
   * @returns what else counts against the run's budget
   */
  readonly before?: ((header: RunHeader, spent: Spending) => Promise<Spending>) | undefined;
  readonly onTrial: (event: TrialEvent) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** ISO 8601, UTC. */
  readonly today: () => string;
  /** Eight random hexadecimal digits. */
  readonly newId: () => string;
  readonly commit: string | null;
  readonly dirty: boolean | null;
}

/** What a sitting left behind. The run is stored; its report is not yet. */
export interface RanRun {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly tally: Tally;
  /** What its judges were asked and paid; null when it has none. */
  readonly judged: JudgeTotals | null;
  readonly counts: RunCounts;
  readonly status: EndedStatus;
  readonly end: RunEnd;
  /** By this sitting, judges included. */
  readonly spent: { readonly usd: number | null; readonly tokens: number };
  readonly duration_ms: number;
  readonly writer: RunWriter;
}

/** Requests and replies of a model rarely exceed this; only a budget's guess before the first answer uses it. */
const ASSUMED_OUTPUT_TOKENS = 512;

/** Asks, scores and stores every trial of a plan that is not stored yet. */
export async function executeRun(plan: Plan, settings: RunSettings, world: RunWorld): Promise<RanRun> {
  const started = world.now();
  const header = settings.resume?.header ?? headerOf(plan, settings, world);
  const writer =
    settings.resume === null ? createRun(plan, header, world.store) : world.store.resume(settings.resume);
  const tally = makeTally(plan.count, plan.scorers.length);
  const before =
    settings.resume === null
      ? NOTHING_BEFORE
      : readBefore(plan, settings.resume, world.store, tally, settings.early);
  world.onStart(header, before.done, tally);
  const beside = (await world.before?.(header, before.spent)) ?? { usd: 0, tokens: 0 };

  const purse = openPurse(withoutSpent(settings.budget, beside));
  const guard = purse.guard(plan.target.price, ASSUMED_OUTPUT_TOKENS, before.spent);
  const judging = beginJudging(plan.judges, {
    header,
    writer,
    purse,
    store: world.store,
    signal: world.control.signal,
    useCache: settings.useCache,
    trials: plan.totalPlanned,
    calls: settings.resume?.judge_calls ?? 0,
    outside: world.judging ?? null,
  });
  const { early } = settings;
  let calls = settings.resume?.calls ?? 0;
  const client = world.wrap(plan.target.client, () => {
    calls++;
    writer.calls(1);
  });
  const end = await runTrials({
    plan,
    order: orderOf(plan, early?.order),
    client,
    price: plan.target.price,
    writer,
    tally,
    concurrency: settings.concurrency,
    isDone: before.isDone,
    unscored: before.unscored,
    cached: settings.useCache ? cacheFor(plan, world.store, settings.notFromCache) : null,
    budget: guard,
    stop: early?.stop ?? null,
    control: world.control,
    onTrial: (event) => {
      early?.note(event.kind === "answered" ? event : { ...event, pass: null, scores: [] });
      world.onTrial(event);
    },
    now: world.now,
  });
  writer.flush();
  const judged = judging();
  const counts = countTrials(
    { cases: plan.count, planned: plan.totalPlanned, calls },
    tally,
    end.kind === "decided",
  );
  return {
    header,
    plan,
    tally,
    judged,
    counts: judged === null ? counts : { ...counts, judge_calls: judged.calls },
    status: statusOf(counts),
    end: end.kind === "decided" ? { kind: "decided" } : end,
    spent: together(spentBy(plan, guard, before.spent), judged?.spent),
    duration_ms: world.now() - started,
    writer,
  };
}

/** Null where answers of earlier runs may not, or need not, stand for new ones. */
function cacheFor(plan: Plan, store: Store, readNot: RunSettings["notFromCache"]) {
  if (!plan.target.cacheable || plan.target.client.immediate) return null;
  const not = readNot?.();
  if (not === undefined || not.size === 0) return store.cached;
  return (askedHash: string, trial: number): CachedAnswer | undefined => {
    const hit = store.cached(askedHash, trial);
    return hit === undefined || not.has(hit.answer_id) ? undefined : hit;
  };
}

/** Recorded answers come in file order; a model is asked round by round, so that every case is asked early. */
function orderOf(plan: Plan, order: ArrayLike<number> | undefined): WorkOrder {
  return plan.target.client.immediate === true
    ? caseByCase(plan.count, plan.trials)
    : roundByRound(plan.count, plan.trials, order);
}

function headerOf(plan: Plan, { canaryOf }: RunSettings, world: RunWorld): RunHeader {
  const { suite, model, target } = plan;
  const prompt = suite.prompt?.version ?? null;
  return {
    id: world.newId(),
    suite: suite.name,
    alias: model.alias,
    one_of_several: (suite.suite.models?.length ?? 0) > 0,
    provider: model.provider.kind,
    target: prompt === null ? target.label : `prompt ${prompt.version} · ${target.label}`,
    model: target.label,
    prompt: prompt === null ? null : { name: prompt.name, version: prompt.version },
    trials: plan.trials,
    cases: plan.count,
    planned: plan.totalPlanned,
    fingerprint: plan.fingerprint,
    target_hash: plan.targetHash,
    rescored_from: null,
    ...(canaryOf === undefined ? {} : { canary_of: canaryOf }),
    plan: plan.hash,
    narrowing: plan.narrowing,
    scorers: plan.scorers.map((one, index) => ({
      ...runScorer(one),
      type: suite.scorers[index]?.definition.type ?? "",
    })),
    parts: {
      dataset: plan.datasetPath,
      target: target.identity,
      scorers: plan.scorers.map((one) => one.identity),
    },
    commit: world.commit,
    dirty: world.dirty,
    started_at: world.today(),
  };
}

function createRun(plan: Plan, header: RunHeader, store: Store): RunWriter {
  return store.create(header, newCases(plan), {
    content: (caseNo) => {
      const { input, expected } = plan.golden(caseNo);
      return JSON.stringify({ input, expected });
    },
    request: plan.asks ? (caseNo) => JSON.stringify(plan.request(caseNo)) : null,
  });
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

const NOTHING_BEFORE = {
  done: 0,
  spent: { usd: 0, tokens: 0 },
  isDone: () => false,
  unscored: () => undefined,
};

/**
 * What earlier sittings of this run left: scored trials count; an answer without scores, or whose required scorer failed,
 * is scored again; other errored trials are asked again.
 */
function readBefore(plan: Plan, run: StoredRun, store: Store, tally: Tally, early: EarlyStop | null) {
  const done = new Uint8Array(plan.count * plan.trials);
  /** By place: whether the answer came from the cache. */
  const waiting = new Map<number, boolean>();
  const spent: { usd: number; tokens: number; dearest?: { usd: number; tokens: number } } = {
    usd: 0,
    tokens: 0,
  };
  let count = 0;
  const place = (caseNo: number, trial: number): number => caseNo * plan.trials + trial - 1;
  for (const row of store.scan(run.no)) {
    if (!row.cached) {
      const usd = row.cost_usd ?? 0;
      const tokens = tokensOf(row.usage) ?? 0;
      const { dearest = { usd: 0, tokens: 0 } } = spent;
      spent.usd += usd;
      spent.tokens += tokens;
      if (usd + tokens > 0)
        spent.dearest = { usd: Math.max(dearest.usd, usd), tokens: Math.max(dearest.tokens, tokens) };
    }
    if (row.pass === null) {
      waiting.set(place(row.case_no, row.trial), row.cached);
      continue;
    }
    done[place(row.case_no, row.trial)] = 1;
    count++;
    tally.add(row);
    early?.note({ ...row, scores: row.scores.map((one) => one?.[0] ?? null) });
  }
  return {
    done: count,
    spent,
    isDone: (caseNo: number, trial: number) => done[place(caseNo, trial)] === 1,
    unscored: (caseNo: number, trial: number) => {
      const cached = waiting.get(place(caseNo, trial));
      const answer = cached === undefined ? undefined : store.transcript(run.no, caseNo, trial);
      return answer === undefined || cached === undefined ? undefined : { ...answer, cached };
    },
  };
}

function statusOf({ errored, skipped, not_needed }: RunCounts): EndedStatus {
  if (errored + skipped > 0) return "incomplete";
  return not_needed > 0 ? "stopped_early" : "complete";
}

/** Dollars of this sitting; unknown as soon as one call's cost was. */
function spentBy(plan: Plan, guard: BudgetGuard, before: { usd: number; tokens: number }): RanRun["spent"] {
  const asksNothing = plan.target.client.immediate === true;
  const usd = guard.spent.usd - before.usd;
  const tokens = guard.spent.tokens - before.tokens;
  return { usd: asksNothing ? 0 : plan.target.price === null && usd === 0 ? null : usd, tokens };
}

/** Two amounts; unknown as soon as one of them is. */
function together(a: RanRun["spent"], b: RanRun["spent"] | undefined): RanRun["spent"] {
  if (b === undefined) return a;
  return { usd: a.usd === null || b.usd === null ? null : a.usd + b.usd, tokens: a.tokens + b.tokens };
}
