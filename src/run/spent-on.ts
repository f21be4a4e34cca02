import { tokensOf } from "../domain/transcript.ts";
import type { Store } from "../store/store.ts";
import type { Spending } from "./budget-guard.ts";

/** The total known cost of a stored run, including its judges. */
export function spentOn(
  store: Pick<Store, "judgeSpending" | "lostSpending" | "scan">,
  { no }: { readonly no: number },
): Spending {
  const judges = store.judgeSpending(no);
  const lost = store.lostSpending(no, "target");
  const spent: Spending = { usd: judges.usd + lost.usd, tokens: judges.tokens + lost.tokens };
  for (const row of store.scan(no)) {
    if (row.cached) continue;
    spent.usd += row.cost_usd ?? 0;
    spent.tokens += tokensOf(row.usage) ?? 0;
  }
  return spent;
}
