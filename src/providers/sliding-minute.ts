/** Longest time between sending a call and its arrival at the server, in milliseconds. */
export const MAX_LATE_MS = 2000;
/** Length of the window in milliseconds: one minute, plus the variation in arrival times. */
const MINUTE_MS = 60_000 + MAX_LATE_MS;

/**
 * Keeps an amount below a limit in every 60-second window, and spreads it evenly after an initial burst. Times are
 * milliseconds of a monotonic clock.
 */
export class SlidingMinute {
  readonly #limit: number;
  readonly #window_ms: number;
  /** Milliseconds for an amount of 1 at an even rate. */
  readonly #msEach: number;
  /** How long the burst would last at an even rate, in milliseconds. */
  readonly #burst_ms: number;
  /** The amounts sent within the window, oldest first. */
  #taken: { at: number; amount: number }[] = [];
  /** Index of the oldest entry within the window. */
  #oldest = 0;
  #sum = 0;
  /** When the amounts taken so far would have been sent, if they were sent at an even rate. */
  #lastsUntil = 0;

  /**
   * @param perMinute the limit, more than 0; a limit below 1 allows an amount of 1 in several minutes
   * @param burst the amount that may be sent at once after idle time
   * @param late_ms how much later than recorded a call may arrive
   */
  constructor(perMinute: number, burst: number, late_ms = 0) {
    this.#limit = Math.max(1, perMinute);
    this.#window_ms = MINUTE_MS * Math.max(1, 1 / perMinute) + late_ms;
    this.#msEach = 60_000 / perMinute;
    this.#burst_ms = Math.max(1, burst) * this.#msEach;
  }

  #forget(now: number): void {
    for (
      let one = this.#taken[this.#oldest];
      one !== undefined && one.at <= now - this.#window_ms;
      one = this.#taken[this.#oldest]
    ) {
      this.#sum -= one.amount;
      this.#oldest++;
    }
    // The array is shortened only occasionally, because that copies all remaining entries.
    if (this.#oldest < 64 || this.#oldest < this.#taken.length / 2) return;
    this.#taken = this.#taken.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** Milliseconds until this amount may be sent. An amount above the limit waits for an empty window. */
  wait(now: number, amount: number): number {
    this.#forget(now);
    const ahead = Math.max(0, this.#lastsUntil - now);
    const even = ahead === 0 ? 0 : ahead + amount * this.#msEach - this.#burst_ms;
    let over = this.#sum + amount - this.#limit;
    let window = 0;
    for (let at = this.#oldest; over > 0; at++) {
      const one = this.#taken[at];
      if (one === undefined) break;
      over -= one.amount;
      window = one.at + this.#window_ms - now;
    }
    return Math.max(0, Math.min(even, ahead), window);
  }

  /** Length of the window, in milliseconds. */
  get window_ms(): number {
    return this.#window_ms;
  }

  /**
   * Records an amount that is sent. @param at now, or earlier for a call of another process that is noticed late
   */
  take(at: number, amount: number): void {
    const after = this.#lastUntil(at) + 1;
    if (after === this.#taken.length) this.#taken.push({ at, amount });
    else this.#taken.splice(after, 0, { at, amount });
    this.#sum += amount;
    this.#lastsUntil = Math.max(at, this.#lastsUntil) + amount * this.#msEach;
  }

  /** Replaces an estimated amount (`reserved`) that was taken at this time by the amount that was really used. */
  correct(at: number, reserved: number, used: number): void {
    const change = used - reserved;
    if (change === 0) return;
    this.#lastsUntil += change * this.#msEach;
    for (let index = this.#lastUntil(at); index >= this.#oldest; index--) {
      const entry = this.#taken[index];
      if (entry === undefined || entry.at < at) return;
      if (entry.amount !== reserved) continue;
      entry.amount = used;
      this.#sum += change;
      return;
    }
  }

  /** Index of the last entry at or before this time; `#oldest` - 1 when all entries are later. */
  #lastUntil(at: number): number {
    let [low, high] = [this.#oldest, this.#taken.length];
    if (high > low && (this.#taken[high - 1] as { at: number }).at <= at) return high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle] as { at: number }).at <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
