/** A minute, and a little for calls that take unequally long to arrive. */
const MINUTE_MS = 60_250;

/**
 * Keeps an amount below a limit in every minute that one can cut out, from the first second on, and spreads it evenly
 * over the minute beyond a first burst. Times are milliseconds of a monotonic clock.
 */
export class SlidingMinute {
  readonly #limit: number;
  readonly #window_ms: number;
  readonly #msEach: number;
  readonly #burst_ms: number;
  /** What left within the window, oldest first. */
  readonly #taken: { at: number; amount: number }[] = [];
  #sum = 0;
  /** Until when what was taken lasts at an even rate. */
  #lastsUntil = 0;

  /**
   * @param perMinute more than 0; below 1 it is one in so many minutes
   * @param burst how much may go at once after a rest
   * @param late_ms how much later than it was taken something may leave
   */
  constructor(perMinute: number, burst: number, late_ms = 0) {
    this.#limit = Math.max(1, perMinute);
    this.#window_ms = MINUTE_MS * Math.max(1, 1 / perMinute) + late_ms;
    this.#msEach = 60_000 / perMinute;
    this.#burst_ms = Math.max(1, burst) * this.#msEach;
  }

  #forget(now: number): void {
    while (this.#taken[0] !== undefined && this.#taken[0].at <= now - this.#window_ms) {
      this.#sum -= this.#taken.shift()?.amount ?? 0;
    }
  }

  /** Milliseconds until so much may leave. What exceeds the limit alone waits for an empty minute. */
  wait(now: number, amount: number): number {
    this.#forget(now);
    const ahead = Math.max(0, this.#lastsUntil - now);
    const even = ahead === 0 ? 0 : ahead + amount * this.#msEach - this.#burst_ms;
    let over = this.#sum + amount - this.#limit;
    let window = 0;
    for (const one of this.#taken) {
      if (over <= 0) break;
      over -= one.amount;
      window = one.at + this.#window_ms - now;
    }
    return Math.max(0, Math.min(even, ahead), window);
  }

  /** How far back is looked, in milliseconds. */
  get window_ms(): number {
    return this.#window_ms;
  }

  /** @param at now, or earlier for a call of another process that is heard of late */
  take(at: number, amount: number): void {
    const after = this.#taken.findLastIndex((one) => one.at <= at);
    this.#taken.splice(after + 1, 0, { at, amount });
    this.#sum += amount;
    this.#lastsUntil = Math.max(at, this.#lastsUntil) + amount * this.#msEach;
  }

  /** What left at a moment was more, or less, than had been set aside. */
  correct(at: number, reserved: number, used: number): void {
    const change = used - reserved;
    if (change === 0) return;
    this.#lastsUntil += change * this.#msEach;
    const entry = this.#taken.findLast((one) => one.at === at && one.amount === reserved);
    if (entry === undefined) return;
    entry.amount = used;
    this.#sum += change;
  }
}
