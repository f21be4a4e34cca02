import type { Budget } from "../domain/config.ts";
import type { Store } from "../store/store.ts";
import { type BudgetGuard, openSharedBudget, type Spending } from "./budget-guard.ts";
import { payingHooks, ratesOf } from "./call-hooks.ts";
import type { AskedModel, JudgeSession } from "./judge-model.ts";
import type { JudgeDependencies, JudgePool } from "./judge-pool.ts";
import { HOPELESS } from "./model-presence.ts";

/** What judges need when they are asked outside of a run. */
export interface OutsideRun {
  readonly store: Store;
  /** Null without a budget. */
  readonly budget: Budget | null;
  /** Aborts the calls in flight. */
  readonly signal: AbortSignal;
  readonly dependencies: JudgeDependencies;
  /** Called for each request sent, including retries. */
  readonly onCall?: (() => void) | undefined;
  /**
   * Called when the reply to a question is not in the store. If this function returns false, the question is not
   * asked.
   */
  readonly mayAsk?: JudgeSession["mayAsk"] | undefined;
}

/** The known cost of judges. */
export interface JudgesCost {
  readonly calls: number;
  /** US dollars of the replies with known cost. */
  readonly usd: number;
  readonly tokens: number;
  /** Number of replies with unknown cost. */
  readonly unpriced: number;
  /** The part of the budget that the replies use up; a reply of unknown cost uses up an estimated maximum. */
  readonly counted: Spending;
}

/**
 * Lets judges be asked outside of a run. Stored replies are reused. A failed reply is not stored, because no run
 * pays for it, but its cost counts against the budget.
 *
 * @returns a function that returns the cost so far
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
    const cost = { calls, usd: 0, tokens: 0, unpriced: 0, counted: sharedBudget.counted() };
    for (const { spent, unpriced } of guards.values()) {
      cost.usd += spent.usd;
      cost.tokens += spent.tokens;
      cost.unpriced += unpriced;
    }
    return cost;
  };
}
