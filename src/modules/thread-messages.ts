import type { CallOutcome, FunctionCall } from "./user-function.ts";

/** The export of a module that is used: the one for cases, for tools or for a suite, or the one of this name (`a.b`). */
export type ModuleGives = "cases" | "tools" | "suite" | { readonly export: string };

/** The start parameters of a thread. */
export interface ThreadData {
  readonly root: string;
  readonly file: string;
  readonly gives?: ModuleGives | undefined;
  /** Files of other modules that are loaded into the same thread. Only tools may come from several modules. */
  readonly beside?: readonly string[] | undefined;
  /** Array of 32-bit integers, indexed by `SHARED`. */
  readonly shared: SharedArrayBuffer;
}

/**
 * Positions of the numbers that the thread writes to shared memory. The main thread can read them even while user
 * code blocks the thread.
 */
export const SHARED = {
  /** Increases while the thread's event loop is running. */
  beat: 0,
  /** Number of the call whose code is running; 0 when unknown. */
  current: 1,
  /** Number of the newest call that started; calls start in the order of their numbers. */
  begun: 2,
  size: 3,
} as const;

/** Messages arrive as lists: all requests of one turn of the event loop are sent together. */
export type ToThread =
  | { readonly type: "call"; readonly id: number; readonly call: FunctionCall }
  /** Aborts the call's signal. `timeout` is the message of its TimeoutError; null when the call was cancelled. */
  | { readonly type: "abort"; readonly id: number; readonly timeout: string | null }
  | { readonly type: "end" };

export type FromThread =
  | { readonly type: "loaded" }
  | { readonly type: "broken"; readonly message: string }
  | { readonly type: "no-function" }
  | {
      readonly type: "done";
      readonly results: readonly {
        readonly id: number;
        readonly outcome: CallOutcome;
        readonly ms: number;
      }[];
    }
  /** An error that belongs to no running call. */
  | { readonly type: "late"; readonly message: string };
