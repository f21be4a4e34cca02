import type { Limits } from "../domain/config.ts";
import type { LimitKind, ReportedLimit } from "../domain/reported-limit.ts";
import { HeaderLimit } from "./header-limit.ts";
import { LearnedRate } from "./learned-rate.ts";
import { LearnedWindow } from "./learned-window.ts";
import { SlidingMinute } from "./sliding-minute.ts";
import type { Forecast } from "./token-forecast.ts";

/**
 * Why a call has to wait: a limit that the user or the provider set, a limit that was learned from refusals, or
 * the pause after a refusal.
 */
export type HeldBy = "tokens_per_minute" | "requests_per_minute" | "concurrency" | "refusals";

/** The estimated maximum tokens of a call. `bytes` is 0 if nothing was estimated. */
export type Need = Forecast;

/** A call that was sent. */
export interface Departure extends Need {
  /** Number of the call in the order of sending, from 1. */
  readonly no: number;
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
  /** Number of calls in flight when this call was sent, including itself. */
  readonly level: number;
}

/**
 * The decision whether a call can be sent now. `wait_ms` is null when the call must wait until a call in flight
 * returns. `by` is null when only the slow start holds the call (`RAMP`), which is no limit.
 */
export type Turn =
  | { readonly kind: "go" }
  | { readonly kind: "held"; readonly by: HeldBy | null; readonly wait_ms: number | null };

const GO: Turn = { kind: "go" };

/** First pause after a refusal without a retry time, in milliseconds. */
const BASE_PAUSE_MS = 500;
/**
 * How much longer each further pause in a row is: the multiplier of gRPC's connection backoff. The longer a pause, the
 * more time is lost when the server becomes available during it.
 */
const PAUSE_GROWTH = 1.6;
/** Longest pause after a refusal without a retry time, in milliseconds. */
const MAX_PAUSE_MS = 30_000;
/**
 * How many answers per concurrent call are needed before a concurrency that was refused is tried again. The number
 * doubles each time that concurrency is refused again.
 */
const ANSWERS_BEFORE_ONE_MORE = 10;
/**
 * Concurrent calls allowed at the start and after a pause. One more is allowed with each answer and every `ms_each`
 * milliseconds, so that a provider with low capacity refuses one call before all are sent.
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
 * Decides how fast calls may be sent to one model, from the user's limits, the provider's headers and its refusals.
 * All callers of the model share one instance.
 *
 * A refusal pauses all calls until the retry time that the server states. Without a retry time, each pause in a row is
 * longer than the last, and a single probe call ends it. If as many concurrent calls had never worked before, the
 * concurrency was too high: it is reduced and then raised slowly. If they had worked before, the rate was too high:
 * headers show how many calls and tokens are left, and without headers the rate or the window of the limit is learned.
 * Pure: the time and random numbers are arguments.
 */
export class ModelPace {
  readonly #limits: Limits;
  readonly #requests: SlidingMinute | null;
  readonly #tokens: SlidingMinute | null;
  readonly #reported = new Map<LimitKind, HeaderLimit>();
  #rate = new LearnedRate();
  #window = new LearnedWindow();
  #departures = 0;
  #inFlight = 0;
  readonly #underWay = new Set<Departure>();
  /**
   * The ramp-up since the start or the last pause: when it last allowed one more concurrent call for the time that had
   * passed, the concurrency that it allows so far without answers, and the number of calls answered since; null before
   * the first call.
   */
  #ramp: { at: number; level: number; answers: number } | null = null;
  /** Maximum concurrency learned from refusals; Infinity before the first refusal. */
  #most = Number.POSITIVE_INFINITY;
  /** A concurrency that counts as too high; Infinity before the first refusal. */
  #tooMany = Number.POSITIVE_INFINITY;
  /** Number of answers at the concurrency `#most`, counted until one more concurrent call is tried. */
  #answersAtMost = 0;
  #answersWanted = ANSWERS_BEFORE_ONE_MORE;
  /** Highest concurrency since the last pause at which a call was answered. */
  #sustained = 0;
  #pausedUntil = 0;
  #pausedBy: HeldBy = "refusals";
  /**
   * Number of the last call that was sent before the last pause. This call and earlier ones say nothing about the
   * time after the pause.
   */
  #lastBeforePause = 0;
  /** The values of `#sustained`, `#most` and `#tooMany` when the last pause began. */
  #before = { sustained: 0, largest: Number.POSITIVE_INFINITY, tooMany: Number.POSITIVE_INFINITY };
  /** Number of consecutive pauses without an answered call between them. */
  #pausesInARow = 0;
  /** State of the single call that tests whether a pause without a retry time was long enough. */
  #probe: "none" | "wanted" | "out" = "none";
  /**
   * When the first refusal since the last answer came, plus the time since then in which no call was sent although none
   * was held by a pause; null when there was none.
   */
  #droughtSince: number | null = null;
  #refusedAt = 0;
  /** Number of refusals so far. */
  refused = 0;

  constructor(limits: Limits) {
    const { requests_per_minute: requests, tokens_per_minute: tokens } = limits;
    this.#limits = limits;
    this.#requests = requests === undefined ? null : new SlidingMinute(requests, requests / 60);
    this.#tokens = tokens === undefined ? null : new SlidingMinute(tokens, tokens / 6);
  }

  /** Whether tokens are limited; only then is an estimate needed. */
  get countsTokens(): boolean {
    return this.#tokens !== null || this.#reported.size > (this.#reported.has("requests") ? 1 : 0);
  }

  /** Decides whether a call with this need may be sent now. */
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
    hold("refusals", (this.#window.decides ? this.#window : this.#rate).wait(now));
    hold(null, this.#rampWait(now));
    return turn;
  }

  #rampWait(now: number): number {
    if (this.#ramp === null) return 0;
    const { at, level, answers } = this.#ramp;
    return this.#inFlight < level + answers ? 0 : Math.max(0, Math.ceil(at + RAMP.ms_each - now));
  }

  /** The time window of the user's limits, in milliseconds; 0 without limits per minute. */
  get window_ms(): number {
    return Math.max(this.#requests?.window_ms ?? 0, this.#tokens?.window_ms ?? 0);
  }

  /** Records a call that another process sent under the same limits. */
  leftElsewhere(at: number, tokens: number): void {
    this.#requests?.take(at, 1);
    this.#tokens?.take(at, tokens);
  }

  /** Records that a call is sent. */
  leave(now: number, need: Need): Departure {
    this.#ramp ??= {
      at: now,
      level: this.#inFlight + (this.#departures === 0 ? RAMP.first : RAMP.afterPause),
      answers: 0,
    };
    this.#inFlight++;
    if (this.#inFlight > this.#ramp.level + this.#ramp.answers) {
      this.#ramp.level++;
      // Timers that fire somewhat late are made up for, and a process that stood still is not.
      this.#ramp.at = Math.max(this.#ramp.at + RAMP.ms_each, now - RAMP.ms_each);
    }
    if (this.#probe === "wanted") this.#probe = "out";
    const no = ++this.#departures;
    this.#requests?.take(now, 1);
    this.#tokens?.take(now, need.input + need.output);
    for (const [kind, limit] of this.#reported) limit.take(no, now, amountOf(kind, need));
    this.#rate.take(now);
    this.#window.take(now);
    const { bytes, input, output } = need;
    const departure = { no, at: now, level: this.#inFlight, bytes, input, output };
    this.#underWay.add(departure);
    return departure;
  }

  /** Takes the rate-limit headers of a reply. @param used whether the call was answered, so that it used the limits */
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

  /**
   * Records a call that returned without any information about rates: it was not answered, or never sent.
   *
   * @param used tokens; null when unknown
   */
  back(departure: Departure, used: number | null): void {
    this.#returned(departure, used);
    this.#window.failed(departure.at);
  }

  #returned(departure: Departure, used: number | null): void {
    this.#inFlight--;
    this.#underWay.delete(departure);
    if (used !== null) this.#correct(departure, used);
    if (departure.no > this.#lastBeforePause) this.#probe = "none";
  }

  #correct({ at, input, output }: Departure, used: number): void {
    this.#tokens?.correct(at, input + output, used);
  }

  /** Records a call that was answered. */
  answered(departure: Departure, used: number | null): void {
    this.#returned(departure, used);
    this.#droughtSince = null;
    this.#sustained = Math.max(this.#sustained, departure.level);
    if (departure.no > this.#lastBeforePause) {
      if (this.#ramp !== null) this.#ramp.answers++;
      this.#pausesInARow = 0;
      this.#rate.passedAgain(departure.at);
      this.#window.answered(departure.at);
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
   * Records a call that was refused for lack of capacity.
   *
   * @param asked milliseconds until the server wants a retry; undefined when it does not say
   * @param random in [0, 1), so that several programs do not retry at the same time
   */
  busy(departure: Departure, asked: number | undefined, now: number, random: number): void {
    this.#returned(departure, 0);
    this.#sustained = Math.max(this.#sustained, this.#outlasting(departure, now));
    this.#rate.refused();
    this.refused++;
    if (this.#droughtSince === null) this.#droughtSince = now;
    else this.#droughtSince += this.idleBefore(departure, this.#refusedAt);
    this.#refusedAt = now;
    const usedUp = this.#usedUp(departure);
    const isOneMore = departure.level >= this.#tooMany && departure.level > 1;
    if (isOneMore || usedUp !== undefined || asked) this.#window.refusedOtherwise(departure.at);
    else if (this.#explainedByWindow(departure, now)) return;
    if (isOneMore) {
      this.#takeBackOneMore(departure.level);
      return;
    }
    const isNew = departure.no > this.#lastBeforePause;
    if (isNew) this.#beginPause(asked);
    // The rate was the cause when as many concurrent calls worked before the pause. Of a call that was alone this is not
    // known: a server that refuses the first attempt of every call would be asked ever more slowly.
    const isOfRate = departure.level > 1 && this.#before.sustained >= departure.level;
    this.#pausedBy = usedUp ?? "refusals";
    if (usedUp === undefined) this.#learn(departure.level);
    const wait = Math.max(
      asked ?? 0,
      isNew && (!asked || this.#pausesInARow > 1) ? this.#grownPause(random) : 0,
    );
    this.#pausedUntil = Math.max(this.#pausedUntil, now + wait);
    if (!isNew || usedUp !== undefined) return;
    if (this.#pausesInARow > 1) this.#window.stillShut(departure.at);
    else if (isOfRate) {
      this.#rate.beginRefusal(now, asked ? now + asked : null);
      this.#window.shut(departure.at);
    }
  }

  /** Whether a refusal only means that the window of a learned limit is used up, so that no pause is needed. */
  #explainedByWindow(departure: Departure, now: number): boolean {
    const decided = this.#window.decides;
    const isExplained = this.#window.refused(departure.at, now);
    if (isExplained) this.#pausedBy = "refusals";
    // The rate was not kept to meanwhile, so it is measured anew.
    else if (decided) this.#rate.beginRefusal(now, null);
    return isExplained;
  }

  /** Records that many calls in a row failed: all calls wait, and one tests whether the server is available again. */
  silent({ no }: Departure, now: number, random: number): void {
    if (no <= this.#lastBeforePause) return;
    this.#beginPause(undefined);
    this.#pausedBy = "refusals";
    this.#pausedUntil = Math.max(this.#pausedUntil, now + this.#grownPause(random));
  }

  /** For how long before this call and after `from` no call was sent, although none was held by a pause. */
  idleBefore({ at }: Departure, from: number): number {
    return Math.max(0, at - Math.max(this.#pausedUntil, from));
  }

  #grownPause(random: number): number {
    const grown = BASE_PAUSE_MS * PAUSE_GROWTH ** Math.min(this.#pausesInARow - 1, 10) * (0.5 + random / 2);
    return Math.min(MAX_PAUSE_MS, grown);
  }

  /** Whether as many concurrent calls are known to be too many. */
  isBeyond(level: number): boolean {
    return level > this.#most;
  }

  /** Records that a server with as many concurrent calls is crowded: fewer are sent at once, without a pause. */
  crowded(level: number): void {
    if (level >= this.#tooMany) {
      this.#takeBackOneMore(level);
      return;
    }
    this.#most = Math.min(this.#most, level - 1);
    this.#tooMany = this.#most + 1;
    this.#answersAtMost = 0;
  }

  /** The number of calls of at least this level that still run after much more time than a failed call took. */
  outlasting(failed: Departure, now: number, least: number): number {
    return this.#longer(failed, now).filter(({ level }) => level >= least).length;
  }

  #longer(failed: Departure, now: number): Departure[] {
    const long = 2 * (now - failed.at) + 10;
    return [...this.#underWay].filter((one) => now - one.at > long);
  }

  /**
   * The highest concurrency that the provider must have accepted. It is known from calls that still run after much
   * more time than this refusal took. 0 when there is no such call.
   */
  #outlasting(refusal: Departure, now: number): number {
    return this.#longer(refusal, now).reduce((most, { level }) => Math.max(most, level), 0);
  }

  /** Whether the provider has accepted other calls that still run, while this one failed sooner. */
  hasAccepted(departure: Departure, now: number): boolean {
    return this.#outlasting(departure, now) > 0;
  }

  /** Forgets the concurrency and the rate that were learned from refusals which were none of capacity. */
  forgetRefusals(): void {
    this.#rate = new LearnedRate();
    this.#window = new LearnedWindow();
    this.#most = Number.POSITIVE_INFINITY;
    this.#tooMany = Number.POSITIVE_INFINITY;
    this.#answersAtMost = 0;
    this.#answersWanted = ANSWERS_BEFORE_ONE_MORE;
  }

  /** Handles a refusal of one extra concurrent call: the concurrency is reduced again, without pausing the others. */
  #takeBackOneMore(level: number): void {
    this.#most = Math.min(this.#most, level - 1);
    this.#answersAtMost = 0;
    this.#answersWanted *= 2;
  }

  /** The provider's limit that is used up according to its headers; undefined when none is. */
  #usedUp(departure: Departure): HeldBy | undefined {
    for (const [kind, limit] of this.#reported)
      if (limit.isUsedUp(amountOf(kind, departure))) return HELD_BY[kind];
    return undefined;
  }

  #beginPause(asked: number | undefined): void {
    this.#before = { sustained: this.#sustained, largest: this.#most, tooMany: this.#tooMany };
    this.#sustained = 0;
    this.#answersAtMost = 0;
    this.#pausesInARow++;
    this.#lastBeforePause = this.#departures;
    this.#ramp = null;
    // The retry time that a server states is trusted only for the first of several pauses in a row.
    const believed = asked !== undefined && asked > 0 && this.#pausesInARow === 1;
    this.#probe = believed ? "none" : "wanted";
  }

  /**
   * Reduces the concurrency after a refusal of a call that was one of `level` concurrent calls. It is not reduced when
   * that many calls worked before the pause. When even a single call is refused, earlier reductions are taken back,
   * because the concurrency was not the cause.
   */
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

  /** Milliseconds left of the current pause; 0 without one. */
  pauseLeft(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  /**
   * Whether the model has refused every call for longer than `most_ms`. From the second pause in a row on, the rest
   * of the current pause counts, too.
   */
  onlyRefuses(now: number, most_ms: number): boolean {
    if (this.#droughtSince === null) return false;
    const again = this.#pausesInARow > 1 ? this.pauseLeft(now) : 0;
    return now - this.#droughtSince + again > most_ms;
  }
}
