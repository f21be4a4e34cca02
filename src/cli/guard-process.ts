import { Console } from "node:console";
import { EXIT } from "../domain/exit-code.ts";

/** The parts of the process that the guard uses; tests pass their own. */
export interface GuardedProcess {
  exitCode?: number | string | null | undefined;
  on(event: "exit" | "beforeExit", listener: () => void): unknown;
  on(event: "uncaughtException", listener: (error: Error) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

/** How a command ended without returning its exit code. */
export type Loss =
  /** A module called process.exit. */
  | { readonly kind: "exited" }
  /** The event loop is empty, but the command is still waiting. */
  | { readonly kind: "stalled" }
  /** A module threw an error where no caller could catch it, for instance in a timer. */
  | { readonly kind: "threw"; readonly error: unknown };

/**
 * Guards the process against modules of the user's project, such as scorers, which run in the same process. If a
 * module ends the process, or throws outside of a call, this must not look like a pass or a failed gate: the run is
 * undecided, and received answers are kept.
 *
 * @param lost called once, when a module ends the process, throws outside of a call, or lets the command wait for
 * nothing. It reports the mistake and returns the exit code. It must be synchronous, because nothing can be awaited
 * when a process ends
 * @returns a function to call with the command's exit code. From then on the process ends with that code
 */
export function guardProcess(process: GuardedProcess, lost: (how: Loss) => number): (code: number) => void {
  let code: number | undefined;
  const lose = (how: Loss): void => {
    if (code !== undefined) return;
    // The code is set before the report, because the report may itself throw or end the process.
    code = EXIT.undecided;
    code = lost(how);
  };
  process.on("beforeExit", () => lose({ kind: "stalled" }));
  process.on("exit", () => {
    lose({ kind: "exited" });
    process.exitCode = code;
  });
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (code !== undefined) return;
    lose({ kind: "threw", error });
    process.exit(code ?? EXIT.undecided);
  });
  return (ended) => {
    code ??= ended;
  };
}

/**
 * Sends to stderr what modules of the main thread print, because stdout belongs to the report.
 *
 * @returns a function that writes the report
 */
export function keepStdout(process: {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}): (text: string) => void {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  globalThis.console = new Console({ stdout: stderr, stderr });
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return (text) => void write(text);
}
