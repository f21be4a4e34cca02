import { Console } from "node:console";
import { EXIT } from "./exit-code.ts";

/** What the guard needs of the process; a test passes its own. */
export interface GuardedProcess {
  exitCode?: number | string | null | undefined;
  on(event: "exit", listener: () => void): unknown;
  on(event: "uncaughtException", listener: (error: Error) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

/**
 * Modules of the project run in this process. One that ends it, or throws outside of a call, must not look like a pass or
 * a failed gate: the run is undecided then, and what had arrived is kept.
 *
 * @param lost tells a mistake in the way that was asked for, once
 * @returns called when the command has its exit code: from then on it stays
 */
export function guardProcess(
  process: GuardedProcess,
  lost: (what: string) => Promise<void> | void,
): () => void {
  let over = false;
  process.on("exit", () => {
    if (over) return;
    over = true;
    process.exitCode = EXIT.undecided;
    process.stderr.write(
      "The process ended before the command did: a module or scorer called process.exit, or waits for nothing.\n",
    );
  });
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (over) return;
    over = true;
    const end = (): void => process.exit(EXIT.undecided);
    void Promise.resolve(lost(`An error was thrown outside of any call: ${String(error)}`)).then(end, end);
  });
  return () => {
    over = true;
  };
}

/** What modules print goes to stderr: stdout belongs to the report. */
export function moveConsole(stderr: NodeJS.WritableStream): void {
  globalThis.console = new Console({ stdout: stderr, stderr });
}
