/** Handlers for everything that a user's module does besides answering. */
export interface ModuleEvents {
  /** A module in a thread has printed a line. */
  readonly printed: (line: string) => void;
  /**
   * A module threw an error outside of any call: it is unknown which answers are affected, so no run after it is
   * reliable.
   */
  readonly threwOutside: (error: Error) => void;
  /** Whether stdout is reserved for a report; then direct writes of a module to stdout go to stderr. */
  readonly keepsStdout: boolean;
}
