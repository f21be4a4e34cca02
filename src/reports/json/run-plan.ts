import type { RunPlan } from "../../domain/run-plan.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals run --dry-run --json`. */
export interface RunPlanDocument extends DocumentHead, RunPlan {
  readonly schema: "evals.plan/1";
}

export function runPlanDocument(plan: RunPlan): RunPlanDocument {
  return { schema: "evals.plan/1", exit: 0, runs: plan.runs };
}
