import type { RunHeader } from "./run.ts";

/** Types of scorers that score what a target does, not only its answer. */
const OF_TRAJECTORIES = new Set([
  ...["tool-calls", "not-called", "repeated-calls", "tool-errors", "steps", "state-equals", "says"],
  ...["retrieval", "handoff", "golden-trace"],
]);

/**
 * Whether baselines and comparisons of a run include why its trials failed: only with an agent, a simulated user,
 * pressure, or a scorer of actions. Other suites leave the reasons out, so that every version of evals can read their
 * baselines.
 */
export function recordsFailures({
  pressure,
  scorers,
  parts,
}: Pick<RunHeader, "pressure" | "scorers" | "parts">): boolean {
  const target = (parts?.target ?? {}) as { readonly agent?: unknown; readonly user?: unknown };
  return (
    pressure !== undefined ||
    target.agent !== undefined ||
    target.user !== undefined ||
    scorers.some(({ type }) => OF_TRAJECTORIES.has(type))
  );
}
