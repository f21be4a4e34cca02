import type { ModuleEvents } from "../domain/module-events.ts";

/** What an operation depends on: clock, randomness, files, messages. The caller provides them. */
export interface Environment {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly date: () => Date;
  readonly randomHex: (bytes: number) => string;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Shows a message to the user, in addition to the result. */
  readonly notice: (text: string) => void;
  /** Handles what users' modules print, and the errors that they throw outside of a call. */
  readonly modules: ModuleEvents;
  /**
   * Sets a function that is called synchronously when the process exits, for any reason. The returned function unsets
   * it.
   */
  readonly onExit: (handler: () => void) => () => void;
}
