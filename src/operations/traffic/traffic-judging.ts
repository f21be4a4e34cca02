import type { Project } from "../../domain/project.ts";
import { type BudgetGuard, openSharedBudget } from "../../run/budget-guard.ts";
import { payingHooks, ratesOf } from "../../run/call-hooks.ts";
import type { AskedModel } from "../../run/judge-model.ts";
import type { JudgePool } from "../../run/judge-pool.ts";
import { priceJudging } from "../../run/judge-session.ts";
import { HOPELESS } from "../../run/model-presence.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { agreeToPrice, type JudgingConsent } from "../judging/judging-price.ts";

export interface TrafficJudging {
  readonly project: Project;
  readonly store: Store;
  readonly io: Environment;
  readonly consent: JudgingConsent;
  /** The command as it was given, for a mistake. */
  readonly command: string;
}

/** What judges were asked outside of a run. */
export interface JudgedSoFar {
  readonly calls: number;
  /** US dollars; null as soon as one reply's cost is unknown. */
  readonly usd: number | null;
}

/**
 * Lets the judges of a pool ask about traffic, once their price was agreed to. What they said before is read back.
 * @param priced goes over all that is to be judged, without waiting for anybody
 * @returns what it came to; null without judges
 * @throws {EvalsError} EVALS_RESCORE_COSTS with the price when nobody agreed to it; EVALS_KEY_UNSET for a key that asking needs
 */
export async function judgingTraffic(
  pool: JudgePool,
  { project, store, io, consent, command }: TrafficJudging,
  priced: () => Promise<void>,
): Promise<() => JudgedSoFar | null> {
  if (pool.asked().length === 0) return () => null;
  const priceSoFar = priceJudging(pool, store);
  await priced();
  agreeToPrice(pool, priceSoFar(), { project, io, consent, command });
  const { budget } = consent;
  const sharedBudget = openSharedBudget(budget === null ? null : { usd: budget });
  const guards = new Map<AskedModel, BudgetGuard>();
  const guardOf = (model: AskedModel): BudgetGuard => {
    const guard = guards.get(model) ?? sharedBudget.guard(ratesOf(model.target), { usd: 0, tokens: 0 });
    guards.set(model, guard);
    return guard;
  };
  let calls = 0;
  pool.begin(
    {
      store,
      run_no: null,
      since: 0,
      discarded_after: store.newestJudgement(),
      hopeless_after: HOPELESS,
      signal: new AbortController().signal,
      hooks: (model) => ({
        onCall: () => {
          calls++;
        },
        // A reply without an answer belongs to no run; it counts against the budget all the same.
        ...payingHooks(guardOf(model), () => {}),
      }),
      mayAsk: () => true,
      sharedBudget,
      guard: guardOf,
    },
    { sleep: io.sleep, random: io.random, now: io.now },
  );
  return () => {
    const all = [...guards.values()];
    const isKnown = all.every(({ unpriced }) => unpriced === 0);
    return { calls, usd: isKnown ? all.reduce((sum, { spent }) => sum + spent.usd, 0) : null };
  };
}
