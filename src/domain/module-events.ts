/** What the program does when a user's module does more than answer. */
export interface ModuleEvents {
  /** A module in a thread has printed a line. */
  readonly printed: (line: string) => void;
  /** A module threw outside of any call: nobody can say which answer that spoils, so no run may pass for sound after it. */
  readonly threwOutside: (error: Error) => void;
  /** Stdout belongs to a report: what a module of the main thread writes to it by its descriptor goes to stderr. */
  readonly keepsStdout: boolean;
}
