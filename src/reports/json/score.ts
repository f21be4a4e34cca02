import type { ScoredTraffic } from "../../domain/scored-traffic.ts";

/** What `evals score --json` prints. */
export function scoreDocument(scored: ScoredTraffic, exit: number): object {
  return { schema: "evals.score/1", exit, ...scored };
}
