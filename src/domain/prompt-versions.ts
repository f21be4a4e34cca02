import type { MetricValue } from "./run.ts";

/** A version of a prompt with its uses and results. */
export interface ListedVersion {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly state: "draft" | "published" | "edited" | "removed";
  readonly author: string | null;
  readonly rationale: string | null;
  /** Suites that use this version now, and the words by which they name it. */
  readonly used_by: readonly { readonly suite: string; readonly as: string }[];
  /** Newest complete runs, one per suite and model. */
  readonly measured: readonly {
    readonly suite: string;
    readonly alias: string;
    readonly run: string;
    readonly started_at: string;
    readonly pass_rate: MetricValue;
  }[];
}
