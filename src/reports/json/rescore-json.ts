import type { RunReport } from "../../domain/report.ts";
import type { Metrics, RunCounts, RunHeader } from "../../domain/run.ts";
import type { DocumentHead } from "./documents.ts";

/** The run that rescoring created. */
export interface RescoredResult extends Pick<RunHeader, "id" | "suite" | "fingerprint"> {
  /** The run whose answers were scored. */
  readonly rescored_from: string;
  readonly counts: RunCounts;
  readonly metrics: Metrics;
  /** Number of errored trials of each kind, with a message as an example. */
  readonly error_examples: RunReport["errors"];
}

/** The output of `evals rescore --json`. */
export interface RescoreDocument extends DocumentHead {
  readonly schema: "evals.rescore/1";
  /** The created run; null after a mistake. */
  readonly run: RescoredResult | null;
}

export function rescoreDocument(run: RescoredResult): RescoreDocument {
  return { schema: "evals.rescore/1", exit: 0, run };
}
