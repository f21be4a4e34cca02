import type { PlanProgress } from "../../fleet/database.ts";
import type { PlanHalt } from "../../fleet/fleet.ts";

/** How long to wait before missing workers are reported, in milliseconds. */
const REPORTED_MS = 30_000;
/** How long to wait for a worker before the run ends, in milliseconds. */
const ENDED_MS = 600_000;

export interface MissingWorkersOptions {
  /** Alias of the model that the run needs. */
  readonly alias: string;
  /** Version of this program. */
  readonly program: string;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly notice: (text: string) => void;
}

/**
 * Watches whether a worker can work on a run. The returned function must be called again and again. It reports
 * missing workers once. It returns null while a worker is there and for ten minutes after that; then it returns the
 * reason to halt the run.
 */
export function missingWorkers({ alias, program, now, notice }: MissingWorkersOptions) {
  let since: number | null = null;
  let isReported = false;
  return ({
    workers,
    kinds,
    leased,
  }: Pick<PlanProgress, "workers" | "kinds" | "leased">): PlanHalt | null => {
    if (workers > 0 || leased > 0) {
      since = null;
      isReported = false;
      return null;
    }
    since ??= now();
    const waited = now() - since;
    const why = `No worker of version ${program} serves the model ${alias}: ${present(kinds, program)}`;
    if (!isReported && waited >= REPORTED_MS) {
      isReported = true;
      notice(
        `${why}. Waiting for a worker for at most ten minutes; start one with \`evals worker\` in a clone that has this commit.`,
      );
    }
    return waited < ENDED_MS
      ? null
      : {
          kind: "unreachable",
          because: "no-worker",
          message: `${why}, and no such worker connected within ten minutes. The answers received so far are kept.`,
        };
  };
}

/** Which workers are connected, as the end of a sentence. */
function present(kinds: PlanProgress["kinds"], program: string): string {
  if (kinds.length === 0) return "no worker is connected";
  const versions = new Set(kinds.map((one) => one.program).filter((version) => version !== program));
  const models = new Set(kinds.flatMap((one) => (one.program === program ? (one.models ?? []) : [])));
  return [
    ...(versions.size === 0 ? [] : [`workers of version ${[...versions].sort().join(", ")} are connected`]),
    ...(models.size === 0 ? [] : [`workers for the models ${[...models].sort().join(", ")} are connected`]),
  ].join(", and ");
}
