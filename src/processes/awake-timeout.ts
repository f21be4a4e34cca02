/** Longest time that is waited at once, in milliseconds. */
const STRETCH_MS = 1000;
/** A timer that comes so much too late says that this process did not run in between. */
const ASLEEP_MS = 250;
/** What is given at least after such a sleep: what arrived meanwhile is read first. */
const AFTER_SLEEP_MS = 1000;

/**
 * A deadline for somebody else, of which our own sleep is no part: the machine was suspended, the process was stopped, or
 * the processor was busy elsewhere. An answer that arrived meanwhile lies in its socket, is paid for, and must not be given up
 * because the timer is looked at first.
 *
 * @param ms may be Infinity
 * @param late called once, unless it is cancelled before
 * @returns cancels it
 */
export function awakeTimeout(ms: number, late: () => void): () => void {
  let left = ms;
  let hasSlept = false;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const stretch = Math.min(left, STRETCH_MS);
    const began = performance.now();
    timer = setTimeout(() => {
      const passed = performance.now() - began;
      const slept = passed > stretch + ASLEEP_MS;
      left -= slept ? stretch : Math.max(stretch, passed);
      if (slept && !hasSlept) {
        hasSlept = true;
        left = Math.max(left, Math.min(ms, AFTER_SLEEP_MS));
      }
      if (left > 0) wait();
      else late();
    }, stretch);
  };
  wait();
  return () => clearTimeout(timer);
}
