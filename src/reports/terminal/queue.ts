import type { PlanStatus, WorkerStatus } from "../../domain/fleet-status.ts";
import { dollars, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** The output of `evals queue status`. */
export function queueStatusText({
  runs,
  workers,
}: {
  readonly runs: readonly PlanStatus[];
  readonly workers: readonly WorkerStatus[];
}): string {
  const lines = runs.map(({ run, suite, alias, commit, state, reason, blocks, trials, calls }) =>
    [
      `${run}  ${plainLine(suite)} (${plainLine(alias)}) at ${commit.slice(0, 9)}  ${state}`,
      `  ${trials.done} of ${plural(trials.all, "trial")}; blocks: ${blocks.done} done, ${blocks.leased} in work, ${blocks.waiting} waiting${blocks.dead === 0 ? "" : `, ${blocks.dead} given up`}`,
      `  calls: ${calls.open} in flight, ${calls.uncertain} uncertain; ${calls.usd === null ? "cost unknown" : `${dollars(calls.usd)} so far`}`,
      ...(reason === null ? [] : [`  ${plainLine(reason)}`]),
    ].join("\n"),
  );
  const hands = workers.map(
    ({ name, version, blocks, seen_s }) =>
      `${plainLine(name)}  evals ${version}  ${plural(blocks, "block")}  seen ${Math.round(seen_s)} s ago`,
  );
  const none = runs.length === 0 ? ["This database has no run for workers."] : [];
  return `${[...none, ...lines, "", hands.length === 0 ? "No worker was seen in the last minute." : "Workers:", ...hands].join("\n")}\n`;
}
