import type { Limits } from "../domain/config.ts";
import type { LimitKind, ReportedLimit } from "../domain/reported-limit.ts";
import { HeaderLimit } from "./header-limit.ts";
import { LearnedRate } from "./learned-rate.ts";
import { SlidingMinute } from "./sliding-minute.ts";

/** What holds a call back: a limit of the user's or the provider's, one that was learned, or a refusal's pause. */
export type HeldBy = "tokens_per_minute" | "requests_per_minute" | "concurrency" | "refusals";

/** What a call may use at most. */
export interface Need {
  readonly input: number;
  readonly output: number;
}

/** A call that is on its way. */
export interface Departure extends Need {
  /** Of all calls, in the order in which they left, from 1. */
  readonly no: number;
  /** Milliseconds, monotonic. */
  readonly at: number;
  /** Calls in flight when it left, itself included. */
  readonly level: number;
}

/** Whether a call may leave. `wait_ms` null: when one in flight has come back. `by` null: for politeness alone. */
export type Turn =
  | { readonly kind: "go" }
  | { readonly kind: "held"; readonly by: HeldBy | null; readonly wait_ms: number | null };

const GO: Turn = { kind: "go" };

/** First pause after a refusal that names no time, in milliseconds; doubled with each refusal that follows. */
const BASE_PAUSE_MS = 500;
/** Longest of these pauses. */
const MAX_PAUSE_MS = 30_000;
/** Answers for each call in flight before one more is tried than was refused last; doubled each time it is refused again. */
const ANSWERS_BEFORE_ONE_MORE = 10;
/**
 * Calls that leave at once at the start and after a pause; one more with each answer, and with each of so many
 * milliseconds: a provider that has room for few has refused one before all have left.
 */
const RAMP = { first: 4, afterPause: 1, ms_each: 8 };

const HELD_BY: Readonly<Record<LimitKind, HeldBy>> = {
  requests: "requests_per_minute",
  tokens: "tokens_per_minute",
  input_tokens: "tokens_per_minute",
  output_tokens: "tokens_per_minute",
};

function amountOf(kind: LimitKind, { input, output }: Need): number {
  if (kind === "requests") return 1;
  if (kind === "input_tokens") return input;
  return kind === "output_tokens" ? output : input + output;
}

/**
 * How hard one model may be pressed: the user's limits, what the provider's headers report, and what its refusals teach. All
 * that ask the model share one.
 *
 * A refusal pauses all calls until the moment that was asked for, or for a growing while that one call ends. Where no call
 * had been answered with so many in flight, it was one too many: from then on fewer are, and carefully more again. Where as
 * many had been, the rate was too high: headers say what may still be spent, and without them the rate is measured. Pure:
 * time and chance are given.
 */
export class ModelPace {
  readonly #limits: Limits;
  readonly #requests: SlidingMinute | null;
  readonly #tokens: SlidingMinute | null;
  readonly #reported = new Map<LimitKind, HeaderLimit>();
  readonly #rate = new LearnedRate();
  #departures = 0;
  #inFlight = 0;
  readonly #underWay = new Set<Departure>();
  /** Since the start or the last pause: when the first call left, how many may be in flight at once, what came back. */
  #ramp: { readonly at: number; readonly level: number; answers: number } | null = null;
  /** Calls that may be in flight, as refusals taught; Infinity before the first. */
  #most = Number.POSITIVE_INFINITY;
  /** A number in flight that was refused. */
  #tooMany = Number.POSITIVE_INFINITY;
  #answersAtMost = 0;
  #answersWanted = ANSWERS_BEFORE_ONE_MORE;
  /** Most calls in flight when one left that was answered, since the last pause. */
  #sustained = 0;
  #pausedUntil = 0;
  #pausedBy: HeldBy = "refusals";
  /** The last call that left before the last pause: those up to it say nothing of what came after. */
  #lastBeforePause = 0;
  /** What was known when the last pause began. */
  #before = { sustained: 0, largest: Number.POSITIVE_INFINITY, tooMany: Number.POSITIVE_INFINITY };
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
    return this.#tokens !== null || this.#reported.size > (this.#reported.has("requests") ? 1 : 0);
  }

  /** Whether a call that may use so much may leave now. */
  turn(now: number, need: Need): Turn {
    if (now < this.#pausedUntil)
      return { kind: "held", by: this.#pausedBy, wait_ms: this.#pausedUntil - now };
    const free = Math.min(this.#limits.concurrency ?? Number.POSITIVE_INFINITY, this.#most);
    if (this.#probe === "out") return { kind: "held", by: "refusals", wait_ms: null };
    if (this.#inFlight >= free) return { kind: "held", by: "concurrency", wait_ms: null };
    let turn: Turn = GO;
    const hold = (by: HeldBy | null, wait_ms: number | null): void => {
      if (wait_ms !== null && wait_ms <= 0) return;
      if (turn.kind === "go" || (turn.wait_ms !== null && (wait_ms === null || wait_ms > turn.wait_ms)))
        turn = { kind: "held", by, wait_ms };
    };
    if (this.#requests !== null) hold("requests_per_minute", this.#requests.wait(now, 1));
    if (this.#tokens !== null) hold("tokens_per_minute", this.#tokens.wait(now, need.input + need.output));
    for (const [kind, limit] of this.#reported)
      hold(HELD_BY[kind], limit.wait(now, amountOf(kind, need), this.#inFlight));
    hold("refusals", this.#rate.wait(now));
    hold(null, this.#rampWait(now));
    return turn;
  }

  #rampWait(now: number): number {
    if (this.#ramp === null) return 0;
    const more = this.#inFlight + 1 - this.#ramp.level - this.#ramp.answers;
    return more <= 0 ? 0 : more * RAMP.ms_each - (now - this.#ramp.at);
  }

  /** How far back the user's limits look, in milliseconds; 0 where there are none by the minute. */
  get window_ms(): number {
    return Math.max(this.#requests?.window_ms ?? 0, this.#tokens?.window_ms ?? 0);
  }

  /** A call left another process. */
  leftElsewhere(at: number, tokens: number): void {
    this.#requests?.take(at, 1);
    this.#tokens?.take(at, tokens);
  }

  /** A call leaves. */
  leave(now: number, need: Need): Departure {
    this.#ramp ??= {
      at: now,
      level: this.#inFlight + (this.#departures === 0 ? RAMP.first : RAMP.afterPause),
      answers: 0,
    };
    this.#inFlight++;
    if (this.#probe === "wanted") this.#probe = "out";
    const no = ++this.#departures;
    this.#requests?.take(now, 1);
    this.#tokens?.take(now, need.input + need.output);
    for (const [kind, limit] of this.#reported) limit.take(no, now, amountOf(kind, need));
    this.#rate.take(now);
    const departure = { no, at: now, level: this.#inFlight, input: need.input, output: need.output };
    this.#underWay.add(departure);
    return departure;
  }

  /** What the headers of a reply say of the provider's limits. @param used whether the call was let through */
  report(departure: Departure, limits: readonly ReportedLimit[], now: number, used: boolean): void {
    for (const one of limits) {
      let limit = this.#reported.get(one.kind);
      if (limit === undefined) {
        limit = new HeaderLimit();
        this.#reported.set(one.kind, limit);
      }
      limit.report(one, departure.no, now, used ? amountOf(one.kind, departure) : 0);
    }
  }

  /** It came back without a word on the pace: unanswered, or never sent. @param used tokens; null where unknown */
  back(departure: Departure, used: number | null): void {
    this.#inFlight--;
    this.#underWay.delete(departure);
    if (used !== null) this.#correct(departure, used);
    if (departure.no > this.#lastBeforePause) this.#probe = "none";
  }

  #correct({ at, input, output }: Departure, used: number): void {
    this.#tokens?.correct(at, input + output, used);
  }

  /** It came back with an answer. */
  answered(departure: Departure, used: number | null): void {
    this.back(departure, used);
    this.#droughtSince = null;
    this.#sustained = Math.max(this.#sustained, departure.level);
    if (departure.no > this.#lastBeforePause) {
      if (this.#ramp !== null) this.#ramp.answers++;
      this.#pausesInARow = 0;
      this.#rate.passedAgain(departure.at);
    }
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
    this.#underWay.delete(departure);
    this.#sustained = Math.max(this.#sustained, this.#outlasting(departure, now));
    this.#correct(departure, 0);
    this.#rate.refused();
    this.refused++;
    this.#droughtSince ??= now;
    if (departure.level >= this.#tooMany && departure.level > 1) {
      this.#takeBackOneMore(departure.level);
      return;
    }
    const isNew = departure.no > this.#lastBeforePause;
    const usedUp = this.#usedUp(departure);
    if (isNew) this.#beginPause(asked);
    this.#pausedBy = usedUp ?? "refusals";
    if (usedUp === undefined) this.#learn(departure.level);
    const wait = Math.max(
      asked ?? 0,
      isNew && (!asked || this.#pausesInARow > 1) ? this.#grownPause(random) : 0,
    );
    this.#pausedUntil = Math.max(this.#pausedUntil, now + wait);
    if (isNew && this.#pausesInARow === 1 && usedUp === undefined && this.#isOfRate(departure.level))
      this.#rate.beginRefusal(now, asked ? now + asked : null);
  }

  /** One call after another came back without an answer: all wait, and one finds out whether somebody is there again. */
  silent({ no }: Departure, now: number, random: number): void {
    if (no <= this.#lastBeforePause) return;
    this.#beginPause(undefined);
    this.#pausedBy = "refusals";
    this.#pausedUntil = Math.max(this.#pausedUntil, now + this.#grownPause(random));
  }

  #grownPause(random: number): number {
    const grown = BASE_PAUSE_MS * 2 ** Math.min(this.#pausesInARow - 1, 10) * (0.5 + random / 2);
    return Math.min(MAX_PAUSE_MS, grown);
  }

  /** Most in flight when a call left that has been out so much longer than this refusal took that it was let through. */
  #outlasting(refusal: Departure, now: number): number {
    const long = 2 * (now - refusal.at) + 10;
    let level = 0;
    for (const one of this.#underWay) if (now - one.at > long) level = Math.max(level, one.level);
    return level;
  }

  /** One more at once than was refused before was tried, and refused again: no reason to pause the others. */
  #takeBackOneMore(level: number): void {
    this.#most = Math.min(this.#most, level - 1);
    this.#answersAtMost = 0;
    this.#answersWanted *= 2;
  }

  /** The limit of the provider's that headers show to be used up. */
  #usedUp(departure: Departure): HeldBy | undefined {
    for (const [kind, limit] of this.#reported)
      if (limit.isUsedUp(amountOf(kind, departure))) return HELD_BY[kind];
    return undefined;
  }

  /** Whether as many at once had been answered before this pause: then it was not their number. */
  #isOfRate(level: number): boolean {
    return this.#before.sustained >= level && level > 1;
  }

  #beginPause(asked: number | undefined): void {
    this.#before = { sustained: this.#sustained, largest: this.#most, tooMany: this.#tooMany };
    this.#sustained = 0;
    this.#answersAtMost = 0;
    this.#pausesInARow++;
    this.#lastBeforePause = this.#departures;
    this.#ramp = null;
    // A named end is believed once.
    const believed = asked !== undefined && asked > 0 && this.#pausesInARow === 1;
    this.#probe = believed ? "none" : "wanted";
  }

  /** Fewer in flight, unless as many had been answered before the pause, or not even one alone was. */
  #learn(level: number): void {
    const { sustained, largest, tooMany } = this.#before;
    if (level === 1) {
      this.#most = largest;
      this.#tooMany = tooMany;
      this.#before = { sustained: Number.POSITIVE_INFINITY, largest, tooMany };
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
