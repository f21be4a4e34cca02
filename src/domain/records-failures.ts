import type { RunHeader } from "./run.ts";

/** Scorers of what a target did. */
const OF_TRAJECTORIES = new Set([
  ...["tool-calls", "not-called", "repeated-calls", "tool-errors", "steps", "state-equals", "says"],
  ...["retrieval", "handoff", "golden-trace"],
]);

/**
 * Whether baselines and comparisons of a run hold why its trials failed: where an agent, a person, pressure or a scorer of what was
 * done is in it. A suite of texts alone goes on without, so that its baseline stays a file which every version reads.
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
