import type { ModuleEvents } from "../domain/module-events.ts";

/** In a process that is ours alone: a line goes to stderr, and an error outside of any call is one of the process. */
export const ownProcess: ModuleEvents = {
  printed: (line) => void process.stderr.write(`${line}\n`),
  threwOutside: (error) => {
    setImmediate(() => {
      throw error;
    });
  },
  keepsStdout: true,
};
