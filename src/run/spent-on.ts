import type { Budget } from "../domain/config.ts";
import type { Store } from "../store/store.ts";
import { openSharedBudget, type Spending } from "./budget-guard.ts";
import { ratesOf } from "./call-hooks.ts";
import { targetSpending } from "./earlier-sessions.ts";
import type { Plan } from "./plan.ts";

/** The part of a budget that a stored run and its judges have used up. */
export async function spentOn(
  store: Store,
  run: { readonly no: number },
  plan: Plan,
  budget: Budget | null,
): Promise<Spending> {
  const sharedBudget = openSharedBudget(budget);
  const spending = targetSpending(plan, run, store);
  for (const row of store.scan(run.no)) spending.add(row);
  sharedBudget.guard(ratesOf(plan.target), spending.sum());
  const judges = plan.judges?.asked() ?? [];
  if (judges.length > 0)
    (await import("./judge-session.ts")).judgeGuards(judges, { store, run_no: run.no, sharedBudget });
  return sharedBudget.counted();
}
