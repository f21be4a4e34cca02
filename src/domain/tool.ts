import type { Json } from "./json.ts";

/** A tool as a model is offered it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments, an object. */
  readonly parameters: Json;
}

/** A tool that is offered to the model of a trial. */
export interface OfferedTool extends ToolSpec {
  /** It changes nothing. */
  readonly reads: boolean;
}

/** What became of one call of a tool. */
export type ToolOutcome =
  | { readonly kind: "result"; readonly value: Json }
  /** Told to the model, which may try something else. */
  | {
      readonly kind: "error";
      readonly message: string /** It had no more time. */;
      readonly timed_out?: true;
    }
  /** Nobody is there who could run it: nothing more can be expected of the trial. */
  | { readonly kind: "lost"; readonly message: string }
  /** What the trial had done so far is gone, through no fault of its own: it begins again. */
  | { readonly kind: "begin-again" };
