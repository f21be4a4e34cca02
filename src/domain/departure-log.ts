/** A call to a model that left another process. */
export interface LoggedDeparture {
  readonly id: number;
  /** Milliseconds since it left. */
  readonly age_ms: number;
  /** Set aside for it, input and output together. */
  readonly tokens: number;
}

/** When calls left for a model, kept where all processes of a project see it: the user's limits hold for them together. */
export interface DepartureLog {
  /**
   * Hears of the calls that left elsewhere, and writes down one of its own, while no other process can.
   *
   * @param model alias of the model
   * @param after id of the last departure that was seen; 0 for none
   * @param within_ms how old a departure may be that still counts
   * @param decide tokens of the call that leaves now; null when none does
   * @returns id of the last departure that has been seen, the own call included
   */
  depart(
    model: string,
    after: number,
    within_ms: number,
    decide: (others: readonly LoggedDeparture[]) => number | null,
  ): number;
}
