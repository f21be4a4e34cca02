/** The order in which a run asks its trials: positions from 0 to `length` − 1. */
export interface WorkOrder {
  readonly length: number;
  /** Case number and trial (from 1) at a position. */
  at(position: number): { readonly case_no: number; readonly trial: number };
}

/** An order with all trials of a case together, for answers that are read in file order. */
export function caseByCase(cases: number, trials: number): WorkOrder {
  return {
    length: cases * trials,
    at: (position) => ({ case_no: Math.floor(position / trials), trial: (position % trials) + 1 }),
  };
}

/**
 * An order with every case once, then every case a second time, and so on. Whenever a run ends, its cases have
 * been asked as evenly as possible.
 *
 * @param order a permutation of the case numbers; default file order
 */
export function roundByRound(cases: number, trials: number, order?: ArrayLike<number>): WorkOrder {
  return {
    length: cases * trials,
    at: (position) => {
      const index = position % cases;
      return { case_no: order?.[index] ?? index, trial: Math.floor(position / cases) + 1 };
    },
  };
}
