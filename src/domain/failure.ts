/** Possible causes of a failed trial: the first thing that went wrong, not its consequences. */
export const FAILURE_CLASSES = [
  /** The answer has the wrong format: not JSON, another schema, truncated. */
  "format",
  /** The answer does not do what the prompt asks for. */
  "instruction",
  /** The answer states something wrong, and nothing in the model's context contradicts the statement. */
  "knowledge",
  /** The needed information was not retrieved. */
  "retrieval",
  /** The needed information was retrieved, but the answer omits or contradicts it. */
  "grounding",
  /** An unexpected tool was called, or an expected one was not. */
  "tool-choice",
  /** The right tool was called with the wrong arguments. */
  "tool-arguments",
  /** A tool failed, or did not do what its result claims, and the agent continued as if the tool had succeeded. */
  "tool-failure",
  /** The steps came in a wrong order, or in a loop, or a limit ended the trial. */
  "orchestration",
  /** The model refused to answer. */
  "refusal",
  /** The simulated user made a mistake. */
  "user",
  /** The request cannot be fulfilled with the tools and the information that the agent has. */
  "not-supported",
  /** No rule applies. */
  "unknown",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** A scorer's finding about the cause of a failed answer. */
export interface Fault {
  readonly class: FailureClass;
  /** Number of the model call at which the trial went wrong, from 1; absent when unknown. */
  readonly step?: number | undefined;
  /** The tool with which the trial went wrong; absent when no tool was involved. */
  readonly tool?: string | undefined;
}

/** Why one trial failed. */
export interface Failure {
  readonly class: FailureClass;
  /** The evidence in words. Contains model output, so it must be escaped when shown. */
  readonly evidence: string;
  /** Index of the message that shows the failure, from 0; null when no message of the transcript shows it. */
  readonly message: number | null;
  /** Number of the model call at which the trial went wrong, from 1; null when unknown. */
  readonly step: number | null;
  /** The tool with which the trial went wrong; null when no tool was involved. */
  readonly tool: string | null;
}

/** Similar failures of a run, represented by the most typical one. */
export interface FailureCluster {
  readonly trials: number;
  /** Case and trial of the most typical failure. */
  readonly case: string;
  readonly trial: number;
  /** The evidence of that failure. */
  readonly evidence: string;
  readonly tool: string | null;
}

/** The failures of one class in a run. */
export interface FailureCount {
  readonly trials: number;
  /** Case ids without duplicates, in the run's order. */
  readonly cases: readonly string[];
  /** Largest clusters first; only the first few. */
  readonly clusters: readonly FailureCluster[];
}

/** The failures of a run by class, the most frequent class first. */
export type FailureCounts = { readonly [name in FailureClass]?: FailureCount };
