import type { Environment } from "../operations/environment.ts";

/** The outside, as the command line uses it: what operations need, and a terminal. */
export interface Io extends Environment {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
  /** Shows an address in the person's browser; nothing happens where there is none. */
  readonly openPage: (url: string) => void;
  /** Calls back at each signal until the returned function is called. */
  readonly onSignal: (handler: (name: "SIGINT" | "SIGTERM") => void) => () => void;
}
