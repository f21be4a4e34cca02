import type { RunResult } from "../reports/json/run-json.ts";

/** Identifies the run that an event belongs to. */
export interface RunName {
  readonly id: string;
  readonly suite: string;
  /** Alias of the model in evalconfig.yaml. */
  readonly alias: string;
}

/** The result of one trial. */
export type TrialEvent = {
  readonly kind: "trial";
  readonly run: RunName;
  readonly case: string;
  /** Number of the trial among the trials of its case, from 1. */
  readonly trial: number;
} & (
  | {
      readonly outcome: "answered";
      readonly pass: boolean;
      /** Whether the answer came from an earlier run. */
      readonly cached: boolean;
      /** Cost of the answer in US dollars; null when unknown. */
      readonly cost_usd: number | null;
    }
  | { readonly outcome: "errored"; readonly error: string; readonly message: string }
);

/** What happens while a function is running. */
export type RunEvent =
  /** Everything is planned and nothing has been asked yet. */
  | {
      readonly kind: "planned";
      readonly runs: readonly {
        readonly suite: string;
        readonly alias: string;
        readonly cases: number;
        /** Number of trials of all cases together. */
        readonly trials: number;
      }[];
    }
  /**
   * A run starts or is resumed. `done` of its `trials` were answered already, by an earlier call that was
   * stopped.
   */
  | { readonly kind: "started"; readonly run: RunName; readonly trials: number; readonly done: number }
  | TrialEvent
  /** A request is retried. */
  | { readonly kind: "retried" }
  | { readonly kind: "ended"; readonly run: RunResult }
  /** A message for the user that is not part of the result. */
  | { readonly kind: "notice"; readonly text: string }
  /** A line printed by a module of the project. */
  | { readonly kind: "printed"; readonly text: string };
