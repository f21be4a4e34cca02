import type { CallAccount, Client, Conversing, ConversingModel, OpenTarget } from "../domain/provider.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { LostReply } from "../store/store.ts";
import type { BudgetGuard, SharedBudget } from "./budget-guard.ts";
import { type CallHooks, payingHooks, ratesOf } from "./call-hooks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Plan } from "./plan.ts";
import { usdOf } from "./price-usage.ts";
import { unpricedReplies } from "./unpriced-budget.ts";

interface Paying {
  readonly sharedBudget: SharedBudget;
  readonly guard: BudgetGuard;
  readonly keepLost: (reply: Omit<LostReply, "judge">) => void;
  readonly plan: Pick<Plan, "model">;
}

/** A budget account for one model's calls in conversations. */
export function callAccount(
  { price }: OpenTarget,
  { sharedBudget, guard, keepLost, plan }: Paying,
): CallAccount {
  return {
    reserve: (call, request) =>
      sharedBudget.acquire(guard, call, sharedBudget.limited ? estimateTokens(JSON.stringify(request)) : 0),
    paid: (call, { usage = UNKNOWN_USAGE, cost_usd, fallback, recorded }) => {
      if (recorded === true) {
        guard.release(call);
        return { usage, usd: 0 };
      }
      const usd = cost_usd ?? usdOf(fallback === undefined ? price : fallback.price, usage);
      if (!guard.settle(call, { usage, usd })) throw unpricedReplies(plan.model.alias);
      return { usage, usd };
    },
    release: (call) => guard.release(call),
    lost: (case_id, calls) => {
      for (const { usage, usd } of calls)
        keepLost({ case_id, usage, cost_usd: usd, most_usd: null, most_tokens: null });
    },
  };
}

/** The simulated user's model, paid for like the target; null without one. */
export function personOf(
  { person }: Conversing,
  wrapPerson: ((hooks: CallHooks) => Client) | undefined,
  { onCall, ...paying }: Omit<Paying, "guard"> & { readonly onCall: () => void },
): ConversingModel | null {
  if (person === null) return null;
  if (wrapPerson === undefined)
    throw new Error("a suite with a simulated user needs wrapPerson, which gives the client of its model");
  const guard = paying.sharedBudget.guard(ratesOf(person.target), { usd: 0, tokens: 0 });
  return {
    client: wrapPerson({ onCall, ...payingHooks(guard, paying.keepLost) }),
    account: callAccount(person.target, { ...paying, guard }),
  };
}
