import type { CallOutcome, FunctionCall } from "./user-function.ts";

/** What is made of a module's exports: a function of cases, of tools or of a suite, or the one that stands at a path of them. */
export type ModuleGives = "cases" | "tools" | "suite" | { readonly export: string };

/** What a thread is started with. */
export interface ThreadData {
  readonly root: string;
  readonly file: string;
  readonly gives?: ModuleGives | undefined;
  /** Further modules in the same thread; only those with tools have some. */
  readonly beside?: readonly string[] | undefined;
  /** Of `SHARED` 32-bit whole numbers. */
  readonly shared: SharedArrayBuffer;
}

/** What the two sides see without a message, for a thread that is busy with the user's code receives none. */
export const SHARED = {
  /** Counts up while the thread's event loop turns. */
  beat: 0,
  /** The call whose code runs just now; 0 for none that is known. */
  current: 1,
  /** The newest call that has begun; calls begin in the order of their numbers. */
  begun: 2,
  size: 3,
} as const;

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
  /** An error that belongs to no call that is still under way. */
  | { readonly type: "late"; readonly message: string };
