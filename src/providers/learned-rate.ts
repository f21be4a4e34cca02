/**
 * How fast the call rate is raised, as a fraction per second: `far` while two measured rates in a row differ,
 * `near` while they are about equal.
 */
const GROWTH = { far: 0.15, near: 0.01 };
/** Two measured rates count as about equal when they differ by less than this fraction. */
const NEAR = 0.3;
/** Minimum growth of the call rate per second, however many refusals came before. */
const LEAST_GROWTH = 0.002;
/**
 * The fraction of the measured rate that is used after a refusal: `named` when the server stated a retry time,
 * `guessed` when it did not.
 */
const KEPT = { named: 0.95, guessed: 0.97 };

/**
 * Learns the allowed call rate from refusals, for a provider that sends no rate-limit headers.
 *
 * Between two refusals a provider lets through exactly what its limit allows, for a fixed window and for a token
 * bucket alike. So the rate between two refusals is measured. Calls are then sent at a slightly lower rate, which
 * grows slowly (exponentially) until the next refusal. Times are milliseconds of a monotonic clock.
 */
export class LearnedRate {
  /** Calls per millisecond; Infinity before the first refusal. */
  #rate = Number.POSITIVE_INFINITY;
  /** The rate that followed from the last measurement, before it was raised. */
  #lastRate = 0;
  /** When `#rate` was last set or raised. */
  #raisedAt = 0;
  /** When the next call may be sent. */
  #nextAt = 0;
  /** When the current measurement began; null before the first call. */
  #since: number | null = null;
  /** Number of calls sent since `#since` that were not refused. */
  #passed = 0;
  #refusals = 0;
  #growth = GROWTH.far;
  /** True while calls are refused: the new rate is set when a call gets through again. */
  #isMeasuring = false;

  /** Milliseconds until the next call may be sent. */
  wait(now: number): number {
    if (this.#rate === Number.POSITIVE_INFINITY) return 0;
    this.#raise(now);
    return Math.max(0, Math.ceil(this.#nextAt - now));
  }

  take(now: number): void {
    this.#since ??= now;
    this.#passed++;
    if (this.#rate === Number.POSITIVE_INFINITY) return;
    // The rate grows during the wait, too. That matters when it is far too low because hours without calls counted.
    const perMs = this.#growth / 1000;
    this.#nextAt = Math.max(now, this.#nextAt) + Math.log1p(perMs / this.#rate) / perMs;
  }

  /** Reports that a call which `take` counted was refused. */
  refused(): void {
    this.#passed--;
  }

  /**
   * Reports a refusal that was caused by the call rate. The caller knows the cause: as many concurrent calls worked
   * before.
   *
   * @param until when the server wants the next request; null when it does not say
   */
  beginRefusal(now: number, until: number | null): void {
    this.#refusals++;
    // The first refusal of a token bucket shows nothing about the rate: earlier calls used its initial fill.
    if (until !== null) this.#measure(until, KEPT.named);
    else if (this.#refusals > 1) this.#measure(now, KEPT.guessed);
    else this.#isMeasuring = true;
  }

  /** Reports that a call sent at this time got through after a refusal. */
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
