import type { ModuleEvents } from "../domain/module-events.ts";

/**
 * Handlers for the process of the command line: printed lines go to stderr, and an error outside of any call is
 * thrown in the process.
 */
export const ownProcess: ModuleEvents = {
  printed: (line) => void process.stderr.write(`${line}\n`),
  threwOutside: (error) => {
    setImmediate(() => {
      throw error;
    });
  },
  keepsStdout: true,
};
