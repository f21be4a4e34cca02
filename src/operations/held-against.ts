import type { RunReport } from "../domain/report.ts";
import { compare } from "./compare.ts";
import type { Environment } from "./environment.ts";

/**
 * The report of a run, compared with another run instead of its own baseline, as `evals diff` does it. There is no
 * gate: the comparison alone decides the outcome.
 *
 * @param baseline id of the other run
 * @throws {EvalsError} for runs that cannot be compared
 */
export async function heldAgainst(
  report: RunReport,
  baseline: string,
  environment: Environment,
  directory: string | undefined,
): Promise<RunReport> {
  const found = await compare(environment, {
    directory,
    baseline: `run:${baseline}`,
    candidate: `run:${report.header.id}`,
    runMissing: null,
  });
  const comparison = found.compared[0]?.comparison ?? found.recorded[0] ?? null;
  const verdict = found.compared.length === 0 ? "none" : found.verdict;
  const outcome = verdict === "regressed" ? "failed" : verdict === "incomparable" ? "undecided" : "not_gated";
  return { ...report, comparison, gate: { outcome, verdict, rules: [] } };
}
