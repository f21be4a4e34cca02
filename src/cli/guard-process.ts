import { Console } from "node:console";
import { EXIT } from "../domain/exit-code.ts";

/** What the guard needs of the process; a test passes its own. */
export interface GuardedProcess {
  exitCode?: number | string | null | undefined;
  on(event: "exit" | "beforeExit", listener: () => void): unknown;
  on(event: "uncaughtException", listener: (error: Error) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

/** How a command was lost before it had its exit code. */
export type Loss =
  /** Somebody called process.exit. */
  | { readonly kind: "exited" }
  /** Nothing is left to wait for, and the command still waits. */
  | { readonly kind: "stalled" }
  | { readonly kind: "threw"; readonly error: unknown };

/**
 * Modules of the project run in this process. One that ends it, or throws outside of a call, must not look like a pass or
 * a failed gate: the run is undecided then, and what had arrived is kept.
 *
 * @param lost reports a mistake in the way that was asked for, once, before it returns, for at the end of a process nothing
 * is waited for; what it returns becomes the exit code
 * @returns called with the command's exit code: from then on it stays, whoever ends the process
 */
export function guardProcess(process: GuardedProcess, lost: (how: Loss) => number): (code: number) => void {
  let code: number | undefined;
  const lose = (how: Loss): void => {
    if (code !== undefined) return;
    // Reporting may itself throw, or end the process.
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
 * What modules of the main thread print goes to stderr: stdout belongs to the report.
 * @returns how the report is written
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
