import type { Comparison, PartDifference } from "../../domain/report.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { DocumentHead } from "./documents.ts";

/** One suite's two sides, case by case. */
export interface DiffResult extends Omit<Comparison, "verdict"> {
  /** `none` when both sides are answers of the same recording, which measures nothing. */
  readonly verdict: Verdict | "none";
  /** Which parts of the two fingerprints differ: the change behind the numbers. */
  readonly differing: readonly PartDifference[];
}

/** What `evals diff --json` prints. */
export interface DiffDocument extends DocumentHead {
  readonly schema: "evals.diff/1";
  /** The worst of all comparisons; `none` when nothing was measured, null when something was wrong before. */
  readonly verdict: Verdict | "none" | null;
  readonly comparisons: readonly DiffResult[];
}

interface Compared {
  readonly compared: readonly {
    readonly comparison: Comparison;
    readonly differing: readonly PartDifference[];
  }[];
  /** Comparisons that measure nothing. */
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
