/** How much later than it left a call may arrive. */
export const MAX_LATE_MS = 2000;
/** A minute, and what calls take unequally long to arrive. */
const MINUTE_MS = 60_000 + MAX_LATE_MS;

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
  #taken: { at: number; amount: number }[] = [];
  /** The oldest of them; those before it have left the window. */
  #oldest = 0;
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
    for (
      let one = this.#taken[this.#oldest];
      one !== undefined && one.at <= now - this.#window_ms;
      one = this.#taken[this.#oldest]
    ) {
      this.#sum -= one.amount;
      this.#oldest++;
    }
    // Now and then, since each time all that is kept is moved.
    if (this.#oldest < 64 || this.#oldest < this.#taken.length / 2) return;
    this.#taken = this.#taken.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** Milliseconds until so much may leave. What exceeds the limit alone waits for an empty minute. */
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

  /** How far back is looked, in milliseconds. */
  get window_ms(): number {
    return this.#window_ms;
  }

  /** @param at now, or earlier for a call of another process that is seen late */
  take(at: number, amount: number): void {
    const after = this.#taken.findLastIndex((one) => one.at <= at);
    this.#taken.splice(Math.max(after + 1, this.#oldest), 0, { at, amount });
    this.#sum += amount;
    this.#lastsUntil = Math.max(at, this.#lastsUntil) + amount * this.#msEach;
  }

  /** What left at a moment was more, or less, than had been set aside. */
  correct(at: number, reserved: number, used: number): void {
    const change = used - reserved;
    if (change === 0) return;
    this.#lastsUntil += change * this.#msEach;
    const index = this.#taken.findLastIndex((one) => one.at === at && one.amount === reserved);
    const entry = this.#taken[index];
    if (entry === undefined || index < this.#oldest) return;
    entry.amount = used;
    this.#sum += change;
  }
}
