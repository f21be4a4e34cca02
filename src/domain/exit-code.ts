import type { GateOutcome } from "./verdict.ts";

/** The exit codes that CI relies on, documented in the README and checked by a test. */
export const EXIT = {
  ok: 0,
  failed: 1,
  mistake: 2,
  undecided: 3,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code for the outcomes of several runs: 1 has priority, then 3, then 0. */
export function exitCodeFor(outcomes: readonly GateOutcome[]): number {
  if (outcomes.includes("failed")) return EXIT.failed;
  return outcomes.includes("undecided") ? EXIT.undecided : EXIT.ok;
}
