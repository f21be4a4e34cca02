import type { SizePlan } from "../../domain/size-plan.ts";

/** The document of `evals power --json`, `evals.power/1`. */
export function sizePlanDocument(plan: SizePlan) {
  const { suite, assumptions, runs, detectable_drop, table, needed, larger_baseline, calls } = plan;
  const usd = (count: number): number | null =>
    plan.cost_per_trial === null ? null : count * plan.cost_per_trial;
  const { unchanged, drop, all } = calls;
  return {
    schema: "evals.power/1",
    exit: 0,
    suite,
    assumptions: { ...assumptions, runs },
    ...{ detectable_drop, table, needed, larger_baseline },
    expected_calls: { unchanged, drop, all },
    expected_usd: { unchanged: usd(unchanged), drop: usd(drop), all: usd(all) },
  };
}
