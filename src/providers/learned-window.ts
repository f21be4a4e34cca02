/** A limit is only taken for one of windows when it lets through at least this many calls. */
const LEAST_CALLS = 5;
/** How many single calls must be refused after the first refusal; a token bucket lets one through sooner. */
const REFUSED_WHILE_SHUT = 2;
/** Two windows are alike when the numbers of calls that they let through differ by less than this fraction. */
const ALIKE = 0.3;
/** A known window that lets through less than this share of the calls of others is not understood. */
const LEAST_SHARE = 0.4;
/** A time counts as known when it is known to this fraction of a window's length. */
const EXACT = 0.1;
/** A call was accepted when it is not refused within this many times the longest refusal, plus `least_ms`. */
const ACCEPTED = { refusals: 3, least_ms: 100 };
/** The fraction of the longest refusal so far that counts still after the next one. */
const KEPT = 0.8;
/** A refusal that seems to take longer was read late, for instance because the machine slept meanwhile. */
const LONGEST_REFUSAL_MS = 10_000;
/** After this many windows, one is used until a call is refused, in case the limit was raised; then after twice as many. */
const WINDOWS_BEFORE_MORE = 4;
/** How often a window may be unlike what was learned before the limit is no longer taken for one of windows. */
const MOST_SURPRISES = 2;
/** How often the end of a window may be later than it can be before everything that was learned is given up. */
const MOST_DELAYS = 2;

/** A time after `from` and not after `to`, or a length of time between them. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** A window that may not have ended, although the next one was begun. */
interface Doubted {
  /** When the call was sent that was to be refused if the window had not ended. */
  readonly testedAt: number;
  readonly began: Range;
  readonly end: Range;
}

const added = (a: Range, b: Range): Range => ({ from: a.from + b.from, to: a.to + b.to });

/**
 * Learns a limit that allows a number of calls in each of consecutive windows of the same length, from refusals that
 * state no retry time.
 *
 * Such a limit refuses every call from the moment when its number is used up until the window ends. When two windows
 * in a row let through about the same number of calls, that number is known. From then on, each window is used as fast
 * as possible and no call is sent beyond its number. Where a window ends is narrowed down by one call for each window:
 * when it is refused, the window ends later, and when it passes, the window has ended. Times are milliseconds of a
 * monotonic clock.
 */
export class LearnedWindow {
  /**
   * `learning`: nothing is known. `trying`: the last refusals looked like those of a window, so this window is used as
   * fast as possible. `known`: number and length are known. `none`: the limit is not one of windows.
   */
  #state: "learning" | "trying" | "known" | "none" = "learning";
  /** When the current window began. While nothing is known, it is taken to begin with the first call. */
  #began: Range | null = null;
  /** Number of calls that were sent in the current window and not refused. */
  #passed = 0;
  /** When the first of the calls that `#passed` counts was sent; infinity before the first call. */
  #countedFrom = Number.POSITIVE_INFINITY;
  /** When the call was sent that was the first to be refused in the current window; null while there is none. */
  #shutAt: number | null = null;
  /**
   * While nothing is known: number of calls refused after `#shutAt`, when the last of them was sent, and `#passed` at its
   * refusal.
   */
  #refused = { calls: 0, at: 0, passed: 0 };
  /** While nothing is known: the longest possible length, from a window that ended while it was used. */
  #longest = Number.POSITIVE_INFINITY;
  /** Number of calls that a window allows; 0 while nothing is known. */
  #quota = 0;
  #length: Range = { from: 0, to: Number.POSITIVE_INFINITY };
  /** When the current window ends. */
  #end: Range = { from: 0, to: Number.POSITIVE_INFINITY };
  /** When the call was sent that tests whether the next window has begun; null without one. */
  #testedAt: number | null = null;
  /** The window that counts as ended only because the test was not refused in time; null without one. */
  #doubted: Doubted | null = null;
  /** Refusals of calls sent until this time say nothing, because a test was refused late. */
  #voidUntil = Number.NEGATIVE_INFINITY;
  /** The longest time from a call to its refusal, not longer than `LONGEST_REFUSAL_MS`. */
  #refusalTook = 0;
  /**
   * When the first call beyond `#quota` was sent in the current window; minus infinity when one was answered.
   */
  #beyondSince = 0;
  /** Whether the current window is used until a call is refused. */
  #isOpenEnded = false;
  /** Number of windows until one is open-ended again, and the number after that one. */
  #windowsLeft = WINDOWS_BEFORE_MORE;
  #windowsBeforeMore = WINDOWS_BEFORE_MORE;
  /** Number of windows that were unlike what was learned, since the last one that was not. */
  #surprises = 0;
  /** How often the current window has ended later than it can. */
  #delays = 0;

  /** Whether calls wait for this limit, so that no rate has to be learned. */
  get decides(): boolean {
    return this.#state === "trying" || this.#state === "known";
  }

  /** Milliseconds until the next call may be sent. */
  wait(now: number): number {
    if (!this.decides) return 0;
    const silence = ACCEPTED.refusals * this.#refusalTook + ACCEPTED.least_ms;
    if (this.#testedAt !== null) {
      const acceptedAt = this.#testedAt + silence;
      if (now < acceptedAt) return Math.ceil(acceptedAt - now);
      const doubted = { testedAt: this.#testedAt, began: this.#began ?? this.#end, end: this.#end };
      this.#begin(this.#testedAt);
      this.#doubted = doubted;
    }
    if (this.#isUsedUp()) return Math.max(0, Math.ceil(this.#testAt() - now));
    if (this.#state === "known" && now >= this.#end.to) this.#passUnused(now);
    if (this.#passed > this.#quota)
      return this.#riskWait(now, this.#beyondSince, this.#passed - this.#quota, silence);
    return this.#doubted === null ? 0 : this.#riskWait(now, this.#doubted.testedAt, this.#passed, silence);
  }

  /**
   * When to test whether the window has ended. It is tested no later than when it has lasted twice as long as it must:
   * its longest possible length may include hours in which no call was sent.
   */
  #testAt(): number {
    const { from, to } = this.#end;
    if (to - from <= EXACT * this.#length.from) return to;
    const twice = from + Math.max(from - (this.#began ?? this.#end).from, EXACT * this.#length.from);
    return Math.min((from + to) / 2, twice);
  }

  /**
   * Milliseconds until a further call may be sent that is perhaps refused. The longer the silence after the first such
   * call, the less likely is its refusal, so the more calls are risked.
   *
   * @param risked number of such calls so far
   */
  #riskWait(now: number, since: number, risked: number, silence: number): number {
    const silences = Math.floor((now - since) / silence);
    return risked < 2 ** silences ? 0 : Math.ceil(since + (silences + 1) * silence - now);
  }

  #isUsedUp(): boolean {
    if (this.#state === "trying") return false;
    return this.#shutAt !== null || (this.#passed >= this.#quota && !this.#isOpenEnded);
  }

  /** Records that a call is sent. */
  take(now: number): void {
    this.#began ??= { from: now, to: now };
    this.#countedFrom = Math.min(this.#countedFrom, now);
    if (this.#state === "known" && this.#isUsedUp()) this.#testedAt = now;
    else if (++this.#passed === this.#quota + 1) this.#beyondSince = now;
  }

  /**
   * Records a refusal without a retry time.
   *
   * @param sentAt when the call was sent
   * @returns whether the window explains the refusal, so that the caller need not pause or slow down
   */
  refused(sentAt: number, now: number): boolean {
    const took = Math.min(now - sentAt, LONGEST_REFUSAL_MS);
    this.#refusalTook = Math.max(KEPT * this.#refusalTook, took);
    if (sentAt === this.#doubted?.testedAt) this.#goBack(this.#doubted, now);
    if (this.#state === "known" && sentAt === this.#testedAt) return this.#testRefused(sentAt);
    if (sentAt <= this.#voidUntil) return true;
    // A late refusal of a call of an earlier window says nothing about this one.
    if (sentAt < this.#countedFrom) return this.decides;
    this.#passed--;
    if (this.#state === "trying") return this.#isAlike(sentAt);
    if (this.#state !== "known") return false;
    if (this.#shutAt === null && !this.#isUsedUpAsKnown(sentAt)) return false;
    this.#quota = Math.max(1, this.#passed);
    return true;
  }

  /** Records a refusal that has another reason than this limit, or that states a retry time. */
  refusedOtherwise(sentAt: number): void {
    if (sentAt === this.#testedAt) this.#testedAt = null;
    else if (sentAt >= this.#countedFrom) this.#passed--;
  }

  /** Records that a call ended neither by an answer nor by a refusal: if it was a test, the next call is one. */
  failed(sentAt: number): void {
    if (sentAt === this.#testedAt) this.#testedAt = null;
  }

  /** The next window has not begun yet. @returns whether the limit may still be one of windows */
  #testRefused(sentAt: number): boolean {
    this.#testedAt = null;
    const { to } = this.#end;
    if (sentAt < to) {
      this.#end = { from: sentAt, to };
      return true;
    }
    if (++this.#delays > MOST_DELAYS) {
      this.#forget(sentAt, 1);
      return false;
    }
    this.#end = { from: sentAt, to: sentAt + EXACT * this.#length.from };
    const length = this.#end.to - (this.#began ?? this.#end).from;
    this.#length = { from: this.#length.from, to: Math.max(this.#length.to, length) };
    return true;
  }

  /** Goes back to the window that had not ended. */
  #goBack({ testedAt, began, end }: Doubted, now: number): void {
    this.#doubted = null;
    this.#began = began;
    this.#end = end;
    this.#passed = this.#quota;
    this.#shutAt = testedAt;
    this.#testedAt = testedAt;
    this.#voidUntil = now;
  }

  /** The first refusal in a known window. @returns whether the window let through about as many calls as others */
  #isUsedUpAsKnown(sentAt: number): boolean {
    const ratio = this.#passed / this.#quota;
    if (ratio < LEAST_SHARE) {
      this.#forget(sentAt, 0);
      return false;
    }
    // A number that changes is found out anew in each window.
    const isSame = Math.abs(ratio - 1) < EXACT;
    this.#windowsLeft = isSame ? this.#windowsBeforeMore : 0;
    this.#windowsBeforeMore = isSame ? 2 * this.#windowsBeforeMore : WINDOWS_BEFORE_MORE;
    this.#shutAt = sentAt;
    this.#end = { from: Math.max(this.#end.from, sentAt), to: Math.max(this.#end.to, sentAt) };
    return true;
  }

  /** The first refusal in a window that is tried. @returns whether it let through as many calls as the last one */
  #isAlike(sentAt: number): boolean {
    const ratio = this.#passed / this.#quota;
    const began = this.#began ?? { from: sentAt, to: sentAt };
    if (Math.abs(ratio - 1) >= ALIKE) {
      this.#surprise();
      if (ratio > 1) {
        // More calls pass when a window ends meanwhile.
        this.#began = { from: began.to, to: sentAt };
        this.#longest = sentAt - began.from;
      } else this.#quota = 0;
      return false;
    }
    this.#state = "known";
    this.#quota = this.#passed;
    this.#shutAt = sentAt;
    const { from, to } = added(began, this.#length);
    this.#end = { from: Math.max(from, sentAt), to: Math.max(to, sentAt) };
    return true;
  }

  #surprise(): void {
    this.#state = ++this.#surprises > MOST_SURPRISES ? "none" : "learning";
  }

  /** Begins to learn anew. @param calls number of calls refused after the first */
  #forget(sentAt: number, calls: number): void {
    this.#surprise();
    this.#quota = 0;
    this.#longest = Number.POSITIVE_INFINITY;
    this.#shutAt = sentAt;
    this.#refused = { calls, at: sentAt, passed: this.#passed };
    this.#testedAt = null;
    this.#isOpenEnded = false;
    this.#doubted = null;
  }

  /** While nothing is known: records the refusal of a call at a rate that the limit does not allow. */
  shut(sentAt: number): void {
    if (this.#state !== "learning") return;
    this.#shutAt ??= sentAt;
    this.#refused = { calls: 0, at: sentAt, passed: this.#passed };
  }

  /** While nothing is known: records the refusal of a call that was sent alone after a pause. */
  stillShut(sentAt: number): void {
    if (this.#state !== "learning") return;
    this.#refused = { calls: this.#refused.calls + 1, at: sentAt, passed: this.#passed };
  }

  /** Records that a call was answered. @param sentAt when it was sent */
  answered(sentAt: number): void {
    if (sentAt === this.#testedAt) this.#begin(sentAt);
    if (sentAt === this.#doubted?.testedAt) this.#doubted = null;
    if (this.#passed > this.#quota && sentAt >= this.#beyondSince)
      this.#beyondSince = Number.NEGATIVE_INFINITY;
    if (this.#state === "learning" && this.#shutAt !== null && sentAt > this.#refused.at)
      this.#reopened(sentAt, this.#shutAt);
  }

  /** While nothing is known: a call passes again. */
  #reopened(sentAt: number, shutAt: number): void {
    const { calls, at } = this.#refused;
    const passed = Math.min(this.#refused.passed, this.#passed - 1);
    const began = { from: at, to: sentAt + this.#refusalTook };
    if (calls >= REFUSED_WHILE_SHUT && passed >= LEAST_CALLS) {
      this.#state = "trying";
      this.#quota = this.#quota === 0 ? passed : Math.min(this.#quota, passed);
      const longest = began.to - (this.#began ?? began).from;
      this.#length = { from: at - shutAt, to: Math.min(longest, this.#longest) };
    }
    this.#began = began;
    this.#passed = Math.max(1, this.#passed - this.#refused.passed);
    this.#countedFrom = sentAt;
    this.#shutAt = null;
  }

  /** Begins the next window with the call that tested whether it has begun. */
  #begin(testedAt: number): void {
    const last = this.#began ?? this.#end;
    const began = { from: this.#end.from, to: Math.min(this.#end.to, testedAt + this.#refusalTook) };
    const length = { from: began.from - last.to, to: began.to - last.from };
    const narrowed = {
      from: Math.max(this.#length.from, length.from),
      to: Math.min(this.#length.to, length.to),
    };
    this.#length = narrowed.from <= narrowed.to ? narrowed : length;
    this.#surprises = 0;
    this.#started(began, { passed: 1, since: testedAt });
  }

  /** Goes on to the current window when earlier ones ended before they were used up. */
  #passUnused(now: number): void {
    if (this.#isOpenEnded) this.#quota = Math.max(this.#quota, this.#passed);
    const isNext = now < this.#end.from + this.#length.from;
    const began = isNext ? this.#end : { from: now - this.#length.to, to: now };
    this.#started(began, { passed: 0, since: now });
    if (!isNext) this.#end = { from: now, to: now + this.#length.to };
  }

  /** @param calls number of calls sent in the window so far, and since when calls are counted to it */
  #started(began: Range, calls: { readonly passed: number; readonly since: number }): void {
    this.#isOpenEnded = this.#windowsLeft === 0;
    if (!this.#isOpenEnded) this.#windowsLeft--;
    this.#began = began;
    this.#end = added(began, this.#length);
    this.#passed = calls.passed;
    this.#countedFrom = calls.since;
    this.#shutAt = null;
    this.#testedAt = null;
    this.#doubted = null;
    this.#delays = 0;
  }
}
