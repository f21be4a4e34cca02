import type { RunResult } from "../reports/json/run-json.ts";

/** Identifies a run in events. */
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
  /** From 1. */
  readonly trial: number;
} & (
  | {
      readonly outcome: "answered";
      readonly pass: boolean;
      /** Whether the answer came from an earlier run. */
      readonly cached: boolean;
      /** US dollars; null is unknown. */
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
        /** Over all cases. */
        readonly trials: number;
      }[];
    }
  /** `done` of its `trials` were answered by an earlier call that was stopped. */
  | { readonly kind: "started"; readonly run: RunName; readonly trials: number; readonly done: number }
  | TrialEvent
  /** A request is retried. */
  | { readonly kind: "retried" }
  | { readonly kind: "ended"; readonly run: RunResult }
  /** A message for the user besides the result. */
  | { readonly kind: "notice"; readonly text: string }
  /** A line printed by a module of the project. */
  | { readonly kind: "printed"; readonly text: string };
