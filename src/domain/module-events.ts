/** Handlers for everything that a user's module does besides answering. */
export interface ModuleEvents {
  /** A module in a thread has printed a line. */
  readonly printed: (line: string) => void;
  /**
   * A module threw an error outside of any call. It is unknown which answers the error affects, so no later run of this
   * process is reliable.
   */
  readonly threwOutside: (error: Error) => void;
  /** Whether stdout is reserved for a report; then direct writes of a module to stdout go to stderr. */
  readonly keepsStdout: boolean;
}
