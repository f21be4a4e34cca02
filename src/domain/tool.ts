import type { Json } from "./json.ts";

/** A tool as described to a model. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the tool's arguments, an object. */
  readonly parameters: Json;
}

/** A tool available to a trial's model. */
export interface OfferedTool extends ToolSpec {
  /** Whether the tool only reads. */
  readonly reads: boolean;
}

/** The result of a tool call. */
export type ToolOutcome =
  | ({ readonly kind: "result"; readonly value: Json } & Delayed)
  /** An error that is reported to the model, which may try something else. */
  | ({
      readonly kind: "error";
      readonly message: string;
      /** Set when the tool exceeded its time limit. */
      readonly timed_out?: true;
    } & Delayed)
  /** The tool can no longer be run, so the trial cannot continue. */
  | { readonly kind: "lost"; readonly message: string }
  /** The state of the trial's tools was lost through no fault of the trial, so the trial is restarted. */
  | { readonly kind: "begin-again" };

interface Delayed {
  /** Milliseconds during which other trials kept the tool from being run; default 0. */
  readonly waited_ms?: number;
}
