import type { CallOutcome, FunctionCall } from "./user-function.ts";

/** The part of a module's exports that is used: a function for cases, tools or a suite, or the function at a path. */
export type ModuleGives = "cases" | "tools" | "suite" | { readonly export: string };

/** The start parameters of a thread. */
export interface ThreadData {
  readonly root: string;
  readonly file: string;
  readonly gives?: ModuleGives | undefined;
  /** Other modules in the same thread; only used for tools. */
  readonly beside?: readonly string[] | undefined;
  /** Array of 32-bit integers, indexed by `SHARED`. */
  readonly shared: SharedArrayBuffer;
}

/** Values in shared memory, because a thread that is blocked by user code receives no messages. */
export const SHARED = {
  /** Increases while the thread's event loop is running. */
  beat: 0,
  /** The call whose code is running; 0 when unknown. */
  current: 1,
  /** The newest call that started; calls start in the order of their numbers. */
  begun: 2,
  size: 3,
} as const;

/** Messages arrive as lists: all requests of one turn of the event loop are sent together. */
export type ToThread =
  | { readonly type: "call"; readonly id: number; readonly call: FunctionCall }
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
