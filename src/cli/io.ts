import type { Environment } from "../operations/environment.ts";

/** What the command line needs from outside: the environment of operations, and a terminal. */
export interface Io extends Environment {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
  /** Opens an address in the user's browser; does nothing when no browser can be started. */
  readonly openPage: (url: string) => void;
  /**
   * Calls `act` every `ms` milliseconds until the returned function is called. The timer does not keep the process
   * alive.
   */
  readonly every: (ms: number, act: () => void) => () => void;
  /** Calls the handler at each signal until the returned function is called. */
  readonly onSignal: (handler: (name: "SIGINT" | "SIGTERM") => void) => () => void;
}
