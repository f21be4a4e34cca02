import type { Side } from "../../baselines/side.ts";
import type { DeclaredChange } from "../../domain/prompt-change.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import type { RunPlace } from "../running/run-place.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** What is needed to compare the prompt of a run with the prompt of its baseline. */
export interface ContractContext {
  readonly place: RunPlace;
  readonly io: Environment;
  readonly store: Store;
}

/** The version bump between a baseline's prompt and a run's; null when no bump is declared. */
export async function declaredInRun(
  plan: Plan,
  { side, run, commit }: GateBaseline,
  { place, io, store }: ContractContext,
): Promise<DeclaredChange | null> {
  const { prompt } = plan.suite;
  if (side === null || prompt === null || isPrompt(side, prompt.version)) return null;
  const { declaredChange, factsOfBaseline, factsOfPlan, factsOfRun } = await import("./declared-change.ts");
  const alias = plan.suite.suite.models === undefined ? null : plan.model.alias;
  const base = run === null ? factsOfBaseline(side, alias, commit) : await factsOfRun(store, run);
  return declaredChange(base, factsOfPlan(plan), { io, home: place.home, root: place.project.root });
}

/**
 * Whether a side was made with exactly this prompt version. A baseline without a prompt name used the suite's prompt.
 */
function isPrompt(
  { prompt }: Side,
  { name, version }: { readonly name: string; readonly version: string },
): boolean {
  return prompt !== null && prompt.version === version && (prompt.name ?? name) === name;
}
