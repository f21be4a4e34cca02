import type { ReportedLimit } from "../domain/reported-limit.ts";

/** A call that was sent: its number, when it was sent, and its estimated amount (1 request, or its tokens). */
interface Taken {
  readonly no: number;
  readonly at: number;
  readonly amount: number;
}

interface Report {
  /** Number of the call whose reply had this report. */
  readonly no: number;
  readonly at: number;
  readonly remaining: number;
  readonly reset_ms: number;
}

/**
 * Minimum difference between the remaining amounts of two reports. With a smaller difference, no refill rate is
 * computed.
 */
const CLEAR_CHANGE = 5;
/**
 * The limit that a provider states is trusted only if it is above this fraction of the measured refill rate. A stated
 * limit below that is no limit per minute.
 */
const MAX_CHANGE = 0.4;

/**
 * One rate limit of a provider, as reported in its headers. The amount that may be sent is the remaining amount in
 * the last report, minus the amounts sent since then.
 *
 * Some limits reset at a fixed time (a window); others refill continuously (a token bucket). The reports show
 * which: as more is used, the reset time of a window stays the same, while the reset time of a bucket moves later.
 * Times are milliseconds of a monotonic clock.
 */
export class HeaderLimit {
  #report: Report | null = null;
  /** An older report, with which the next one is compared. */
  #reference: Report | null = null;
  /** Refill per millisecond; 0 for a window. */
  #refill = 0;
  /**
   * The largest amount that was available so far: what a report showed as remaining, plus the amount of the call
   * that received the report.
   */
  #most = 0;
  /**
   * The amounts of calls, oldest first. The calls from index `#oldest` on were sent after the last call whose reply
   * had a report.
   */
  #taken: Taken[] = [];
  #oldest = 0;
  /** Sum of the amounts from index `#oldest` on. */
  #sum = 0;

  /** Records that a call with this estimated amount was sent. */
  take(no: number, at: number, amount: number): void {
    if (this.#report === null) return;
    this.#taken.push({ no, at, amount });
    this.#sum += amount;
  }

  /**
   * Takes a report. @param no number of the call whose reply had the report @param amount the estimated amount of
   * that call
   */
  report({ limit, remaining, reset_ms }: ReportedLimit, no: number, now: number, amount: number): void {
    const last = this.#report;
    // A report of an earlier call is out of date, unless the limit was reset since.
    if (last !== null && no < last.no && now < last.at + last.reset_ms) return;
    const report = { no, at: now, remaining, reset_ms };
    this.#report = report;
    this.#most = Math.max(this.#most, remaining + amount);
    this.#forget(no);
    this.#compare(report);
    // The stated limit is usually per minute. When the provider lowers its limit, the stated limit shows this sooner
    // than the measured rate.
    const stated = limit === null ? 0 : limit / 60_000;
    if (stated < this.#refill && stated > this.#refill * MAX_CHANGE) this.#refill = stated;
  }

  /** Drops the amounts of the calls up to number `no`, because the report of that call includes the amounts. */
  #forget(no: number): void {
    const taken = this.#taken;
    for (let one = taken[this.#oldest]; one !== undefined && one.no <= no; one = taken[++this.#oldest])
      this.#sum -= one.amount;
    // The array is shortened only occasionally, because that copies all remaining entries.
    if (this.#oldest < 64 || this.#oldest < taken.length / 2) return;
    this.#taken = taken.slice(this.#oldest);
    this.#oldest = 0;
  }

  #compare(report: Report): void {
    const reference = this.#reference;
    if (reference === null) {
      this.#reference = report;
      return;
    }
    const used = reference.remaining - report.remaining;
    if (Math.abs(used) < Math.min(CLEAR_CHANGE, Math.max(1, this.#most / 4))) return;
    const moved = report.reset_ms - reference.reset_ms;
    this.#reference = report;
    if (moved === 0) return;
    if (used * moved < 0) {
      this.#refill = 0;
      return;
    }
    this.#refill = used / moved;
  }

  /** Milliseconds until this amount may be sent; null when the time is unknown until a call in flight returns. */
  wait(now: number, amount: number, inFlight: number): number | null {
    const report = this.#report;
    if (report === null) return 0;
    const filledAt = report.at + report.reset_ms;
    if (now >= filledAt) {
      if (inFlight === 0) return 0;
      const since = this.#sumSince(filledAt);
      return this.#most - since >= amount ? 0 : null;
    }
    const left = report.remaining + this.#refill * (now - report.at) - this.#sum;
    if (left >= amount) return 0;
    const toReset = filledAt - now;
    return Math.ceil(this.#refill > 0 ? Math.min(toReset, (amount - left) / this.#refill) : toReset);
  }

  #sumSince(moment: number): number {
    let sum = 0;
    for (let at = this.#oldest; at < this.#taken.length; at++) {
      const one = this.#taken[at] as Taken;
      if (one.at >= moment) sum += one.amount;
    }
    return sum;
  }

  /** Whether the last report leaves no capacity for this amount. */
  isUsedUp(amount: number): boolean {
    return this.#report !== null && this.#report.remaining < amount;
  }
}
