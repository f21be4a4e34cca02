/** What a failed trial can have failed by: the first thing that went wrong, not all that followed from it. */
export const FAILURE_CLASSES = [
  /** The answer is not written as it has to be: no JSON, another schema, cut off. */
  "format",
  /** It does not follow its instructions. */
  "instruction",
  /** Its statement is wrong, and nothing that it was given contradicts it. */
  "knowledge",
  /** What was needed was not found. */
  "retrieval",
  /** What was needed was found, and the answer does not say it, or says something else. */
  "grounding",
  /** A tool that was not wanted was called, or a wanted one was not. */
  "tool-choice",
  /** The right tool was called with the wrong arguments. */
  "tool-arguments",
  /** A tool failed, or did not do what its result claims; the agent went on as if it had. */
  "tool-failure",
  /** The order of steps, a loop, a limit. */
  "orchestration",
  /** It declined. */
  "refusal",
  /** The simulated person did not do its part. */
  "user",
  /** What was asked cannot be done with what the agent has. */
  "not-supported",
  /** No rule knows. */
  "unknown",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** What a scorer knows of why an answer missed. */
export interface Fault {
  readonly class: FailureClass;
  /** The model call at which it went wrong, from 1; absent when there is none to name. */
  readonly step?: number | undefined;
  /** The tool that it is about; absent when it is about none. */
  readonly tool?: string | undefined;
}

/** Why one trial failed. */
export interface Failure {
  readonly class: FailureClass;
  /** What shows it, in words for a person. Holds model output, so it is escaped wherever shown. */
  readonly evidence: string;
  /** Place in the transcript's messages, from 0; null when no message shows it. */
  readonly message: number | null;
  /** The model call, from 1; null when unknown. */
  readonly step: number | null;
  /** The tool that it is about; null when it is about none. */
  readonly tool: string | null;
}

/** Failures of a run that look alike, named by the most typical of them. */
export interface FailureCluster {
  readonly trials: number;
  /** Case and trial of the most typical one. */
  readonly case: string;
  readonly trial: number;
  /** Its evidence. */
  readonly evidence: string;
  readonly tool: string | null;
}

/** The failures of one class in a run. */
export interface FailureCount {
  readonly trials: number;
  /** Ids, in the run's order, each once. */
  readonly cases: readonly string[];
  /** Largest first; only the first few. */
  readonly clusters: readonly FailureCluster[];
}

/** By class, the most frequent first. */
export type FailureCounts = { readonly [name in FailureClass]?: FailureCount };
