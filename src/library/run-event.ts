import type { RunResult } from "../reports/json/run-json.ts";

/** A run as events name it. */
export interface RunName {
  readonly id: string;
  readonly suite: string;
  /** Alias of the model in evalconfig.yaml. */
  readonly alias: string;
}

/** What became of one trial. */
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
      /** The answer came from an earlier run. */
      readonly cached: boolean;
      /** US dollars; null is unknown. */
      readonly cost_usd: number | null;
    }
  | { readonly outcome: "errored"; readonly error: string; readonly message: string }
);

/** What happens while a function is at work. */
export type RunEvent =
  /** Everything is planned and nothing is asked yet. */
  | {
      readonly kind: "planned";
      readonly runs: readonly {
        readonly suite: string;
        readonly alias: string;
        readonly cases: number;
        /** Of all cases together. */
        readonly trials: number;
      }[];
    }
  /** `done` of its `trials` were answered before, by an earlier call that was stopped. */
  | { readonly kind: "started"; readonly run: RunName; readonly trials: number; readonly done: number }
  | TrialEvent
  /** A request is sent once more. */
  | { readonly kind: "retried" }
  | { readonly kind: "ended"; readonly run: RunResult }
  /** A sentence for a person, beside the result. */
  | { readonly kind: "notice"; readonly text: string }
  /** A line that a module of the project printed. */
  | { readonly kind: "printed"; readonly text: string };
