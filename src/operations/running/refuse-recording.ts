import { EvalsError } from "../../domain/problem.ts";
import type { PreparedRun } from "./prepare-runs.ts";

/**
 * Refuses `--record` for restricted datasets: a recording has the answers, and is made to be committed.
 *
 * @throws {EvalsError} EVALS_RESTRICTED, once for each suite
 */
export function refuseRecording(planned: readonly PreparedRun[]): void {
  const restricted = new Map(
    planned.flatMap(({ plan, cases, target }) =>
      plan.restricted && target.client.immediate !== true ? [[plan.suite.name, cases.path] as const] : [],
    ),
  );
  if (restricted.size === 0) return;
  throw new EvalsError(
    [...restricted].map(([suite, path]) => ({
      code: "EVALS_RESTRICTED",
      what: `--record writes answers to a file for git, and the dataset of suite ${suite} (${path}) is restricted.`,
      why: "The texts of a restricted dataset, and the answers to it, must not leave the store.",
      fix: "Leave --record out. The answers are stored, and the same requests are not asked again on this machine.",
    })),
  );
}
