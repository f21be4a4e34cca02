import type { RunHeader } from "../../domain/run.ts";
import type { HistoryRun, RunHistory } from "../../metrics/run-history.ts";
import { type FlakyCase, type SuiteStability, stabilitySentence } from "../../metrics/stability.ts";
import type { DocumentHead } from "./documents.ts";

/** One past run with its numbers. */
export type HistoryResult = RunHeader & Omit<HistoryRun, "header">;

/** How stable the results of a suite's newest fingerprint are over its complete runs. */
export interface StabilityResult extends Omit<SuiteStability, "runs"> {
  readonly fingerprint: string;
  /** Ids of the complete runs of the fingerprint, oldest first. */
  readonly runs: readonly string[];
  /** Number of the runs that have their own answer to every case; only these are compared with each other. */
  readonly compared: SuiteStability["runs"];
  /** Whether the suite is stable, in one sentence with numbers. */
  readonly said: string;
  /** The flaky cases, flakiest first; null when no case has two answers. */
  readonly flaky: readonly FlakyCase[] | null;
  /** Number of cases with two answers or more. */
  readonly measured: number;
}

/** The output of `evals history --json`. */
export interface HistoryDocument extends DocumentHead {
  readonly schema: "evals.history/1";
  /** The runs, newest first. */
  readonly runs: readonly HistoryResult[];
  /**
   * The stability of the suite when one is named; null before its first complete run. Absent when no suite is
   * named.
   */
  readonly stability?: StabilityResult | null;
}

export function historyDocument({ suite, runs, stability }: RunHistory): HistoryDocument {
  const listed = runs.map(({ header, status, ended_at, calls, counts, metrics, gate }) => ({
    ...header,
    ...{ status, ended_at, calls, counts, metrics, gate },
  }));
  const document = { schema: "evals.history/1", exit: 0, runs: listed } as const;
  if (suite === null) return document;
  if (stability === null) return { ...document, stability: null };
  const { fingerprint, stability: stable, runs: ids, flaky, measured } = stability;
  return {
    ...document,
    stability: {
      fingerprint,
      ...stable,
      runs: ids,
      compared: stable.runs,
      said: stabilitySentence(stable),
      flaky: measured === 0 ? null : flaky,
      measured,
    },
  };
}
