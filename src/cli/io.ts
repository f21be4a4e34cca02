/** The outside, as the command line uses it. Everything that prints or reads a clock goes through here. */
export interface Io {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly date: () => Date;
  readonly randomHex: (bytes: number) => string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Shows an address in the person's browser; nothing happens where there is none. */
  readonly openPage: (url: string) => void;
  /** Calls back at each signal until the returned function is called. */
  readonly onSignal: (handler: (name: "SIGINT" | "SIGTERM") => void) => () => void;
  /** Calls back when the process ends, whoever ends it, until the returned function is called. Nothing can be waited for. */
  readonly onExit: (handler: () => void) => () => void;
}
