/** How fast the rate grows in a second: while it is far from what is measured, and near it. */
const GROWTH = { far: 0.2, near: 0.01 };
/** Two measured rates that differ by no more than this part are near each other. */
const NEAR = 0.3;
/** Smallest growth in a second, however often it was refused. */
const LEAST_GROWTH = 0.002;
/** Part of the measured rate that is used after a refusal: of one that named its end, and of one that did not. */
const KEPT = { named: 0.95, guessed: 0.97 };

/**
 * A rate of calls, learned from refusals that come without headers.
 *
 * Between two refusals a provider has let through what its limit allows in that time, whether it counts windows or fills a
 * bucket. So that is measured, used a little below, and raised slowly until it is refused again (additive increase,
 * multiplicative decrease, on the rate). Times are milliseconds of a monotonic clock.
 */
export class LearnedRate {
  /** Calls a millisecond; Infinity before the first refusal. */
  #rate = Number.POSITIVE_INFINITY;
  /** The same as it was last measured, before it was raised. */
  #lastRate = 0;
  #raisedAt = 0;
  #nextAt = 0;
  /** Since when calls are counted, and how many were let through. */
  #since: number | null = null;
  #passed = 0;
  #refusals = 0;
  #growth = GROWTH.far;
  /** The rate is set when calls are let through again. */
  #isMeasuring = false;

  /** Milliseconds until the next call may leave. */
  wait(now: number): number {
    if (this.#rate === Number.POSITIVE_INFINITY) return 0;
    this.#raise(now);
    return Math.max(0, Math.ceil(this.#nextAt - now));
  }

  take(now: number): void {
    this.#since ??= now;
    this.#passed++;
    if (this.#rate === Number.POSITIVE_INFINITY) return;
    this.#nextAt = Math.max(now, this.#nextAt) + 1 / this.#rate;
  }

  /** A call that was counted did not get through. */
  refused(): void {
    this.#passed--;
  }

  /**
   * Calls are refused, though as many at once had been answered.
   *
   * @param until moment at which the other side wants to be asked again; null where it does not say
   */
  beginRefusal(now: number, until: number | null): void {
    this.#refusals++;
    // A bucket's first refusal says nothing: what it held at the start is counted with what was filled in.
    if (until !== null) this.#measure(until, KEPT.named);
    else if (this.#refusals > 1) this.#measure(now, KEPT.guessed);
    else this.#isMeasuring = true;
  }

  /** A call that left at this moment got through after a refusal. */
  passedAgain(at: number): void {
    if (this.#isMeasuring) this.#measure(at, KEPT.guessed);
  }

  #measure(at: number, kept: number): void {
    this.#isMeasuring = false;
    if (this.#since === null || at <= this.#since) return;
    const measured = Math.max(1, this.#passed) / (at - this.#since);
    const next = Math.min(this.#rate, measured * kept);
    const isNear = Math.abs(next / this.#lastRate - 1) < NEAR;
    this.#growth = isNear ? Math.max(LEAST_GROWTH, Math.min(this.#growth / 2, GROWTH.near)) : GROWTH.far;
    this.#rate = next;
    this.#lastRate = next;
    this.#raisedAt = at;
    this.#nextAt = at;
    this.#since = at;
    this.#passed = 0;
  }

  #raise(now: number): void {
    const seconds = (now - this.#raisedAt) / 1000;
    if (seconds <= 0) return;
    this.#rate *= Math.exp(this.#growth * seconds);
    this.#raisedAt = now;
  }
}
