import type { ScoredTraffic } from "../../domain/scored-traffic.ts";

/** The output of `evals score --json`. */
export function scoreDocument(scored: ScoredTraffic, exit: number): object {
  return { schema: "evals.score/1", exit, ...scored };
}
