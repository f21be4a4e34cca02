/** A call to a model made by another process. */
export interface LoggedDeparture {
  readonly id: number;
  /** Milliseconds since the call was sent. */
  readonly age_ms: number;
  /** Tokens reserved for the call, input plus output. */
  readonly tokens: number;
}

/**
 * The times at which calls to a model were sent. All processes of a project share the log, so that the user's limits
 * apply to all of them together.
 */
export interface DepartureLog {
  /**
   * Reads the calls of other processes and records a call of this process, under a lock.
   *
   * @param model alias of the model
   * @param after id of the last call that was read; 0 for none
   * @param within_ms maximum age of calls that count
   * @param decide returns the tokens of the call to send now; null to send none. If the store loses its connection,
   * `decide` is called again for the same call. It then gets only those calls of other processes that it did not get
   * before
   * @returns id of the last call that was read or recorded
   */
  depart(
    model: string,
    after: number,
    within_ms: number,
    decide: (others: readonly LoggedDeparture[]) => number | null,
  ): number;
}
