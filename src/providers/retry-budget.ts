/** How many attempts beyond the first a run may make: each answer pays for those that its own call may have taken. */
export interface RetryBudget {
  answered(): void;
  /** Takes one. @returns false where none is left */
  take(): boolean;
}

/** What an answer pays for: as many as one call may take. */
const EACH_ANSWER = 3;
/** What a run has from the start, and the most that it saves up. */
const MAX = 60;

/**
 * A provider in trouble must not be asked several times for each of a thousand trials. Who is answered at last, however often a
 * call failed before, never runs out; calls that are never answered use up what was saved.
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
