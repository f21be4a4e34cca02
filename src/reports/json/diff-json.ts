import type { Comparison, PartDifference } from "../../domain/report.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { DocumentHead } from "./documents.ts";

/** The comparison of one suite, case by case. */
export interface DiffResult extends Omit<Comparison, "verdict"> {
  /** `none` when both sides are from the same recording: nothing was measured then. */
  readonly verdict: Verdict | "none";
  /** The parts in which the two fingerprints differ: they show what was changed. */
  readonly differing: readonly PartDifference[];
}

/** The output of `evals diff --json`. */
export interface DiffDocument extends DocumentHead {
  readonly schema: "evals.diff/1";
  /** The worst verdict of all comparisons; `none` when nothing was measured, null after a mistake. */
  readonly verdict: Verdict | "none" | null;
  readonly comparisons: readonly DiffResult[];
}

interface Compared {
  readonly compared: readonly {
    readonly comparison: Comparison;
    readonly differing: readonly PartDifference[];
  }[];
  /** Comparisons whose two sides come from the same recording, so that nothing was measured. */
  readonly recorded: readonly Comparison[];
  readonly verdict: Verdict | "none";
  readonly exit: number;
}

export function diffDocument({ compared, recorded, verdict, exit }: Compared): DiffDocument {
  return {
    schema: "evals.diff/1",
    exit,
    verdict,
    comparisons: [
      ...compared.map(({ comparison, differing }) => ({ ...comparison, differing })),
      ...recorded.map((one) => ({ ...one, verdict: "none" as const, metrics: [], differing: [] })),
    ],
  };
}
