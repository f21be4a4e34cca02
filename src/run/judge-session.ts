import { hashJson } from "../domain/json.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import type { RunHeader } from "../domain/run.ts";
import type { JudgeSpending, RunWriter, Store } from "../store/store.ts";
import { type BudgetGuard, CHARACTERS_PER_TOKEN, type Earlier, type SharedBudget } from "./budget-guard.ts";
import { payingHooks, ratesOf } from "./call-hooks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { AskedModel, JudgeBatches, JudgeSession } from "./judge-model.ts";
import type { JudgeDependencies, JudgePool } from "./judge-pool.ts";
import { HOPELESS } from "./model-presence.ts";
import { priceSource } from "./model-price.ts";
import { maxUsdOf } from "./price-usage.ts";

/** The calls and cost of a run's judges. */
export interface JudgeTotals {
  /** Number of requests sent in all sessions, including retries. */
  readonly calls: number;
  /** US dollars of the whole run; null when any reply's cost is unknown. */
  readonly cost_usd: number | null;
  /** The source of the judges' prices. */
  readonly source?: string | undefined;
  /** Spending of this session; null when the spending for any reply is unknown. */
  readonly spent: { readonly usd: number | null; readonly tokens: number | null };
}

/** The part of a store that judges need. */
export type JudgedStore = Pick<
  Store,
  | "judgeSpending"
  | "lostSpending"
  | "newestJudgement"
  | "judgement"
  | "judgementRequest"
  | "recordJudgement"
  | "discardJudgements"
  | "untoldJudgements"
>;

export interface JudgedRun {
  readonly header: RunHeader;
  readonly writer: RunWriter;
  readonly store: JudgedStore;
  readonly sharedBudget: SharedBudget;
  readonly signal: AbortSignal;
  readonly useCache: boolean;
  /** Number of trials in the plan. */
  readonly trials: number;
  /** Number of requests that earlier sessions sent to judges. */
  readonly calls: number;
  readonly dependencies: JudgeDependencies | null;
  /** How judges are asked in batches; absent when every judge is called directly. */
  readonly batches?: JudgeBatches | undefined;
}

/** Assumed output tokens of a reply, only used for an estimate in advance. */
const ASSUMED_OUTPUT_TOKENS = 256;

/**
 * Lets a run's judges be called. The run pays for the calls.
 *
 * @returns a function that returns the totals; null without judges
 */
export function beginJudging(pool: JudgePool | null, run: JudgedRun): () => JudgeTotals | null {
  if (pool === null || pool.asked().length === 0) return () => null;
  const { store, writer, sharedBudget } = run;
  const before = store.judgeSpending(writer.no);
  const guardOf = judgeGuards(pool.asked(), { store, run_no: writer.no, sharedBudget });
  let calls = run.calls;
  pool.begin(
    {
      store,
      run_no: writer.no,
      since: run.useCache ? 0 : Date.parse(run.header.started_at),
      discarded_after: store.newestJudgement(),
      hopeless_after: Math.min(HOPELESS, run.trials),
      signal: run.signal,
      hooks: (model) => ({
        onCall: () => {
          calls++;
          writer.judgeCalls(1);
        },
        ...payingHooks(guardOf(model), (reply) =>
          writer.recordLost({ ...reply, judge: hashJson(model.identity) }),
        ),
      }),
      mayAsk: () => true,
      sharedBudget,
      guard: guardOf,
      batches: run.batches,
    },
    run.dependencies,
  );
  return () => {
    const after = store.judgeSpending(writer.no);
    return {
      calls,
      cost_usd: after.unpriced > 0 ? null : after.usd,
      source: priceSource(pool.asked().map(({ target }) => target)),
      spent: {
        usd: after.unpriced > before.unpriced ? null : after.usd - before.usd,
        tokens: after.untold > before.untold ? null : after.tokens - before.tokens,
      },
    };
  };
}

interface PaidByRun {
  readonly store: Pick<
    JudgedStore,
    "judgeSpending" | "lostSpending" | "untoldJudgements" | "judgementRequest"
  >;
  readonly run_no: number;
  readonly sharedBudget: SharedBudget;
}

/** The guards of a run's judges. What earlier sessions spent on judges counts in the shared budget from the start. */
export function judgeGuards(
  models: readonly AskedModel[],
  { store, run_no, sharedBudget }: PaidByRun,
): (model: AskedModel) => BudgetGuard {
  const before = store.judgeSpending(run_no);
  const lost = store.lostSpending(run_no, "judges");
  sharedBudget.spentBefore({
    usd: before.usd,
    tokens: before.tokens,
    unknown: { usd: lost.most_usd, tokens: lost.most_tokens },
  });
  const untold = onFirstUse(() =>
    store.untoldJudgements(run_no).map(({ id, asked, cost_usd: usd, usage }) => {
      const request = store.judgementRequest(id);
      const paid = { usd, usage };
      const model = models.find((one) => one.answers(asked, request)) ?? models[0];
      return { model, input: estimateTokens(JSON.stringify(request)), paid };
    }),
  );
  const open = (model: AskedModel): BudgetGuard =>
    sharedBudget.guard(ratesOf(model.target), {
      ...earlier(before),
      untold: () => untold().filter((one) => one.model === model),
    });
  const guards = new Map(models.map((model) => [model, open(model)]));
  return (model) => {
    const guard = guards.get(model) ?? open(model);
    guards.set(model, guard);
    return guard;
  };
}

/** Lets judges use only stored replies and recordings. Verdicts that need another reply stay unknown. */
export function rememberOnly(pool: JudgePool | null, store: Store): void {
  const mayAsk: JudgeSession["mayAsk"] = ({ model }) => model.target.client.immediate === true;
  pool?.begin({ ...NOBODY_PAYS, store, discarded_after: store.newestJudgement(), mayAsk }, null);
}

/** The estimated cost of the judges' replies that are not stored yet. */
export interface JudgingPrice {
  readonly calls: number;
  /** Estimated US dollars; null when a price is unknown. */
  readonly usd: number | null;
}

/**
 * Lets judges use stored replies, and counts the calls that would be needed for the missing ones. Calls that
 * repeat a question after an unusable reply are not included.
 *
 * @returns a function that returns the price so far
 */
export function priceJudging(pool: JudgePool, store: Store): () => JudgingPrice {
  let calls = 0;
  let usd: number | null = 0;
  pool.begin(
    {
      ...NOBODY_PAYS,
      store,
      discarded_after: store.newestJudgement(),
      mayAsk: ({ model: { target }, requestCharacters }) => {
        // A recorded reply costs nothing.
        if (target.client.immediate === true) return false;
        calls++;
        const tokens = requestCharacters / CHARACTERS_PER_TOKEN;
        const cost = target.price && maxUsdOf(target.price, tokens, ASSUMED_OUTPUT_TOKENS);
        usd = usd === null || cost === null ? null : usd + cost;
        return false;
      },
    },
    null,
  );
  return () => ({ calls, usd });
}

const NOBODY_PAYS = {
  run_no: null,
  since: 0,
  hopeless_after: HOPELESS,
  signal: new AbortController().signal,
  hooks: () => ({ onCall: () => {}, onFailed: () => true, mayAsk: () => true }),
  sharedBudget: null,
  guard: null,
};

/** The most expensive and the longest reply so far, as an estimate for later replies. */
function earlier({ dearest_usd, longest_output }: JudgeSpending): Earlier {
  const seen = { usd: dearest_usd, tokens: longest_output ?? 0, output_tokens: longest_output };
  return { usd: 0, tokens: 0, seen };
}
