import type { Budget } from "../domain/config.ts";
import type { Store } from "../store/store.ts";
import { type BudgetGuard, openSharedBudget } from "./budget-guard.ts";
import { payingHooks, ratesOf } from "./call-hooks.ts";
import type { AskedModel, JudgeSession } from "./judge-model.ts";
import type { JudgeDependencies, JudgePool } from "./judge-pool.ts";
import { HOPELESS } from "./model-presence.ts";

/** Judging that belongs to no run. */
export interface OutsideRun {
  readonly store: Store;
  /** Null for none. */
  readonly budget: Budget | null;
  /** Cuts what is in flight. */
  readonly signal: AbortSignal;
  readonly dependencies: JudgeDependencies;
  /** Requests sent, retries included. */
  readonly onCall?: (() => void) | undefined;
  /** Called for a reply that is not stored; false leaves the question unasked. */
  readonly mayAsk?: JudgeSession["mayAsk"] | undefined;
}

/** What judges cost, as far as it is known. */
export interface JudgesCost {
  readonly calls: number;
  /** US dollars of those replies whose cost is known. */
  readonly usd: number;
  readonly tokens: number;
  /** Replies whose cost is unknown. */
  readonly unpriced: number;
}

/**
 * Lets judges ask outside of a run. What they answered before is read back. A reply that gives no answer is not kept, since no run
 * paid for it; it counts against the budget all the same.
 * @returns what it cost so far
 */
export function judgeOutsideRun(pool: JudgePool | null, judging: OutsideRun): () => JudgesCost {
  const { store, budget, signal, dependencies, onCall = () => {}, mayAsk = () => true } = judging;
  const sharedBudget = openSharedBudget(budget);
  const guards = new Map<AskedModel, BudgetGuard>();
  const guard = (model: AskedModel): BudgetGuard => {
    const known = guards.get(model) ?? sharedBudget.guard(ratesOf(model.target), { usd: 0, tokens: 0 });
    guards.set(model, known);
    return known;
  };
  let calls = 0;
  const counted = (): void => {
    calls++;
    onCall();
  };
  pool?.begin(
    {
      ...{ store, run_no: null, since: 0, discarded_after: store.newestJudgement() },
      ...{ hopeless_after: HOPELESS, signal, mayAsk, sharedBudget, guard },
      hooks: (model) => ({ onCall: counted, ...payingHooks(guard(model), () => {}) }),
    },
    dependencies,
  );
  return () => {
    const cost = { calls, usd: 0, tokens: 0, unpriced: 0 };
    for (const { spent, unpriced } of guards.values()) {
      cost.usd += spent.usd;
      cost.tokens += spent.tokens;
      cost.unpriced += unpriced;
    }
    return cost;
  };
}
