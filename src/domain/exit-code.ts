import type { GateOutcome } from "./verdict.ts";

/** The contract with CI; documented in the README and pinned by a test. */
export const EXIT = {
  ok: 0,
  failed: 1,
  mistake: 2,
  undecided: 3,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** Over several runs 1 wins, then 3, then 0. */
export function exitCodeFor(outcomes: readonly GateOutcome[]): number {
  if (outcomes.includes("failed")) return EXIT.failed;
  return outcomes.includes("undecided") ? EXIT.undecided : EXIT.ok;
}
