/** The number of retries that a run may still make. Each answer adds some. */
export interface RetryBudget {
  answered(): void;
  /** Takes one retry. @returns false when none is left */
  take(): boolean;
}

/** Number of retries that an answer adds: as many as one call may use. */
const EACH_ANSWER = 3;
/** Retries available at the start, and the maximum that can accumulate. */
const MAX = 60;

/**
 * Limits the retries of a whole run, so that a failing provider is not asked several times for each of a thousand
 * trials. Each answer gives back as many retries as its call may have used; a call that is never answered gives back none.
 */
export function retryBudget(): RetryBudget {
  let left = MAX;
  return {
    answered: () => {
      left = Math.min(MAX, left + EACH_ANSWER);
    },
    take: () => {
      if (left < 1) return false;
      left--;
      return true;
    },
  };
}
