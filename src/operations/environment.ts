import type { ModuleEvents } from "../domain/module-events.ts";

/** What an operation depends on: clock, chance, files, notices. Who calls decides what a clock, chance and a notice are. */
export interface Environment {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly date: () => Date;
  readonly randomHex: (bytes: number) => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A sentence for whoever waits, beside the result. */
  readonly notice: (text: string) => void;
  /** What is done with what users' modules print and throw beside their answers. */
  readonly modules: ModuleEvents;
  /** Calls back when the process ends, whoever ends it, until the returned function is called. Nothing can be waited for. */
  readonly onExit: (handler: () => void) => () => void;
}
