/** Longest single timer, in milliseconds. */
const STRETCH_MS = 1000;
/** If a timer fires more than this many milliseconds late, this process was suspended. */
const ASLEEP_MS = 250;
/** Minimum extra time after a suspension, so that data that arrived meanwhile is read first, in milliseconds. */
const AFTER_SLEEP_MS = 1000;

/**
 * A deadline that does not count the time in which this process did not run: the machine was suspended, the
 * process was stopped, or the processor was busy. A paid answer that arrived meanwhile must not be discarded
 * because the timer fires first.
 *
 * @param ms time limit in milliseconds; may be Infinity
 * @param late called once, unless cancelled before
 * @returns a function that cancels the deadline
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
