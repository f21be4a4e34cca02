import type { Limits } from "../domain/config.ts";
import { SlidingMinute } from "./sliding-minute.ts";

/** What holds a call back: a limit of the user's, one that was learned from refusals, or a refusal's pause. */
export type HeldBy = "tokens_per_minute" | "requests_per_minute" | "concurrency" | "refusals";

/** A call that is on its way. */
export interface Departure {
  /** Of all calls, in the order in which they left, from 1. */
  readonly no: number;
  /** Milliseconds, monotonic. */
  readonly at: number;
  /** Calls in flight when it left, itself included. */
  readonly level: number;
  /** Tokens that were set aside for it. */
  readonly tokens: number;
}

/** Whether a call may leave. `wait_ms` null: when one in flight has come back. */
export type Turn =
  | { readonly kind: "go" }
  | { readonly kind: "held"; readonly by: HeldBy; readonly wait_ms: number | null };

const GO: Turn = { kind: "go" };

/** First pause after a refusal that names no time, in milliseconds; doubled with each refusal that follows. */
const BASE_PAUSE_MS = 500;
/** Longest of these pauses. */
const MAX_PAUSE_MS = 30_000;
/** Answers for each call in flight before one more is tried than was refused last; doubled each time it is refused again. */
const ANSWERS_BEFORE_ONE_MORE = 10;

/**
 * How hard one model may be pressed: the user's limits, and what its refusals teach. All that ask the model share one.
 *
 * A refusal pauses all calls until the moment that was asked for, or for a growing while. Where no call had been answered
 * with so many in flight, it was one too many: from then on fewer are, and carefully more again (additive increase,
 * multiplicative patience). Where many had been, the rate was too high, and the pause alone is the answer. Pure: time and
 * chance are given.
 */
export class ModelPace {
  readonly #limits: Limits;
  readonly #requests: SlidingMinute | null;
  readonly #tokens: SlidingMinute | null;
  #departures = 0;
  #inFlight = 0;
  /** Calls that may be in flight, as refusals taught; Infinity before the first. */
  #most = Number.POSITIVE_INFINITY;
  /** A number in flight that was refused. */
  #tooMany = Number.POSITIVE_INFINITY;
  #answersAtMost = 0;
  #answersWanted = ANSWERS_BEFORE_ONE_MORE;
  /** Most calls in flight when one left that was answered, since the last pause. */
  #sustained = 0;
  #pausedUntil = 0;
  /** The last call that left before the last pause: those up to it say nothing of what came after. */
  #lastBeforePause = 0;
  /** What was known when the last pause began. */
  #before = { sustained: 0, most: Number.POSITIVE_INFINITY, tooMany: Number.POSITIVE_INFINITY };
  /** Pauses without an answer to a call that left after them. */
  #pausesInARow = 0;
  /** One call alone finds out whether a pause without a named end was long enough. */
  #probe: "none" | "wanted" | "out" = "none";
  #droughtSince: number | null = null;
  /** Refusals so far. */
  refused = 0;

  constructor(limits: Limits) {
    const { requests_per_minute: requests, tokens_per_minute: tokens } = limits;
    this.#limits = limits;
    this.#requests = requests === undefined ? null : new SlidingMinute(requests, requests / 60);
    this.#tokens = tokens === undefined ? null : new SlidingMinute(tokens, tokens / 6);
  }

  /** Whether tokens are counted: only then is it worth guessing them. */
  get countsTokens(): boolean {
    return this.#tokens !== null;
  }

  /** Whether a call of so many tokens may leave now. */
  turn(now: number, tokens: number): Turn {
    if (now < this.#pausedUntil) return { kind: "held", by: "refusals", wait_ms: this.#pausedUntil - now };
    const most = Math.min(this.#limits.concurrency ?? Number.POSITIVE_INFINITY, this.#most);
    if (this.#probe === "out") return { kind: "held", by: "refusals", wait_ms: null };
    if (this.#inFlight >= most) return { kind: "held", by: "concurrency", wait_ms: null };
    const forRequests = this.#requests?.wait(now, 1) ?? 0;
    const forTokens = this.#tokens?.wait(now, tokens) ?? 0;
    if (forRequests <= 0 && forTokens <= 0) return GO;
    return forTokens > forRequests
      ? { kind: "held", by: "tokens_per_minute", wait_ms: forTokens }
      : { kind: "held", by: "requests_per_minute", wait_ms: forRequests };
  }

  /** A call leaves. */
  leave(now: number, tokens: number): Departure {
    this.#inFlight++;
    if (this.#probe === "wanted") this.#probe = "out";
    this.#requests?.take(now, 1);
    this.#tokens?.take(now, tokens);
    return { no: ++this.#departures, at: now, level: this.#inFlight, tokens };
  }

  /** It came back without a word on the pace: unanswered, or never sent. @param used tokens; null where unknown */
  back(departure: Departure, used: number | null): void {
    this.#inFlight--;
    if (used !== null) this.#tokens?.correct(departure.at, departure.tokens, used);
    if (departure.no > this.#lastBeforePause) this.#probe = "none";
  }

  /** It came back with an answer. */
  answered(departure: Departure, used: number | null): void {
    this.back(departure, used);
    this.#droughtSince = null;
    this.#sustained = Math.max(this.#sustained, departure.level);
    if (departure.no > this.#lastBeforePause) this.#pausesInARow = 0;
    if (departure.level >= this.#most) this.#tryOneMore();
  }

  #tryOneMore(): void {
    this.#answersAtMost++;
    const wanted = this.#most + 1 < this.#tooMany ? this.#most : this.#answersWanted * this.#most;
    if (this.#answersAtMost < wanted) return;
    this.#answersAtMost = 0;
    this.#most++;
  }

  /**
   * It was refused for want of room.
   *
   * @param asked milliseconds after which the other side wants to be asked again; undefined when it does not say
   * @param random in [0, 1), so that several programs do not come back together
   */
  busy(departure: Departure, asked: number | undefined, now: number, random: number): void {
    this.#inFlight--;
    this.#tokens?.correct(departure.at, departure.tokens, 0);
    this.refused++;
    this.#droughtSince ??= now;
    const isNew = departure.no > this.#lastBeforePause;
    if (isNew) this.#beginPause(departure.level, asked);
    this.#learn(departure.level);
    const grown = BASE_PAUSE_MS * 2 ** Math.min(this.#pausesInARow - 1, 10) * (0.5 + random / 2);
    const wait = Math.max(asked ?? 0, isNew ? Math.min(MAX_PAUSE_MS, grown) : 0);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + wait);
  }

  #beginPause(level: number, asked: number | undefined): void {
    if (level >= this.#tooMany) this.#answersWanted *= 2;
    this.#before = { sustained: this.#sustained, most: this.#most, tooMany: this.#tooMany };
    this.#sustained = 0;
    this.#answersAtMost = 0;
    this.#pausesInARow++;
    this.#lastBeforePause = this.#departures;
    // A named end is believed once.
    const believed = asked !== undefined && asked > 0 && this.#pausesInARow === 1;
    this.#probe = believed ? "none" : "wanted";
  }

  /** Fewer in flight, unless as many had been answered before the pause, or not even one alone was. */
  #learn(level: number): void {
    const { sustained, most, tooMany } = this.#before;
    if (level === 1) {
      this.#most = most;
      this.#tooMany = tooMany;
      this.#before = { sustained: Number.POSITIVE_INFINITY, most, tooMany };
    } else if (sustained < level) {
      this.#most = Math.min(this.#most, level - 1);
      this.#tooMany = this.#most + 1;
    }
  }

  /** Milliseconds of the pause under way; 0 when there is none. */
  pauseLeft(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  /**
   * Whether nothing but refusals came for so many milliseconds, or will have come by the end of a pause that follows
   * another.
   */
  onlyRefuses(now: number, most_ms: number): boolean {
    if (this.#droughtSince === null) return false;
    const again = this.#pausesInARow > 1 ? this.pauseLeft(now) : 0;
    return now - this.#droughtSince + again > most_ms;
  }
}
