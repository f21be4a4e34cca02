import type { ReportedLimit } from "../domain/reported-limit.ts";

interface Taken {
  readonly no: number;
  readonly at: number;
  readonly amount: number;
}

interface Report {
  /** Of the call whose reply it is. */
  readonly no: number;
  readonly at: number;
  readonly remaining: number;
  readonly reset_ms: number;
}

/** How far two reports must lie apart before they say whether a limit refills. */
const CLEAR_CHANGE = 5;
/** A stated limit below this part of the measured refill is not one a minute. */
const MAX_CHANGE = 0.4;

/**
 * One limit of a provider, as its headers report it: what remains, less what left since, may be spent.
 *
 * Some limits are whole again at a moment (a window), some refill all the time (a bucket). Reports show which: as more is
 * used, a window's reset stays where it is and a bucket's moves away. Times are milliseconds of a monotonic clock.
 */
export class HeaderLimit {
  #report: Report | null = null;
  /** An older report, to compare with. */
  #reference: Report | null = null;
  /** A millisecond; 0 for a window. */
  #refill = 0;
  /** Most that was ever reported as left, with the call that it was reported to. */
  #most = 0;
  /** What left after the call of the report, oldest first. */
  readonly #taken: Taken[] = [];

  /** A call leaves that will use so much. */
  take(no: number, at: number, amount: number): void {
    if (this.#report !== null) this.#taken.push({ no, at, amount });
  }

  /** @param no of the call whose reply it is @param amount what that call was thought to use */
  report({ limit, remaining, reset_ms }: ReportedLimit, no: number, now: number, amount: number): void {
    const last = this.#report;
    // An earlier call's word is older, unless the limit was filled since.
    if (last !== null && no < last.no && now < last.at + last.reset_ms) return;
    const report = { no, at: now, remaining, reset_ms };
    this.#report = report;
    this.#most = Math.max(this.#most, remaining + amount);
    const later = this.#taken.findIndex((one) => one.no > no);
    this.#taken.splice(0, later < 0 ? this.#taken.length : later);
    this.#compare(report);
    // The limit is mostly one a minute, and says sooner than what is measured that it has changed.
    const stated = limit === null ? 0 : limit / 60_000;
    if (stated < this.#refill && stated > this.#refill * MAX_CHANGE) this.#refill = stated;
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

  /** Milliseconds until so much may leave; null when only a call in flight can show it. */
  wait(now: number, amount: number, inFlight: number): number | null {
    const report = this.#report;
    if (report === null) return 0;
    const filledAt = report.at + report.reset_ms;
    if (now >= filledAt) {
      if (inFlight === 0) return 0;
      const since = sumOf(this.#taken, (one) => one.at >= filledAt);
      return this.#most - since >= amount ? 0 : null;
    }
    const left = report.remaining + this.#refill * (now - report.at) - sumOf(this.#taken, () => true);
    if (left >= amount) return 0;
    const toReset = filledAt - now;
    return Math.ceil(this.#refill > 0 ? Math.min(toReset, (amount - left) / this.#refill) : toReset);
  }

  /** Whether the last report left no room for so much. */
  isUsedUp(amount: number): boolean {
    return this.#report !== null && this.#report.remaining < amount;
  }
}

function sumOf(taken: readonly Taken[], counts: (one: Taken) => boolean): number {
  let sum = 0;
  for (const one of taken) if (counts(one)) sum += one.amount;
  return sum;
}
