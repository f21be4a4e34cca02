import type { Limits } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { Client, FailedReply, PreparedRequest, Reply } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import { tokensOf } from "../domain/transcript.ts";
import { clientWithSend } from "./client-with-send.ts";
import { CutConnections } from "./cut-connections.ts";
import { abortedReply, oneLine, WITHDRAWN } from "./failed-reply.ts";
import { type Departure, type HeldBy, ModelPace, type Need } from "./model-pace.ts";
import { type RetryDependencies, type Sleep, wasSent, withTries } from "./retrying-client.ts";
import { MAX_LATE_MS } from "./sliding-minute.ts";
import { bytesOf, TokenForecast } from "./token-forecast.ts";
import { UntoldCapacity } from "./untold-capacity.ts";

/** The longest pause that calls wait for, in milliseconds; the timeout of a call if that is longer. */
export const MAX_WAIT_MS = 120_000;
/** The model counts as unavailable after this many calls in a row that failed on their first attempt. */
const SILENT_AFTER = 10;
/**
 * How long a model may go on without an answer before it is given up, in milliseconds: `refused` when it refuses all
 * calls, `silent` when they fail otherwise, and `unanswered` when it has never answered one. A limit per minute refuses
 * for up to a minute, and the last pause in it may be 30 seconds.
 */
const MAX_DROUGHT_MS = { refused: 90_000, silent: 70_000, unanswered: 35_000 };

/** What the queue needs from outside: clock, random numbers and timer. */
export interface PaceDependencies {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Returns a random number in [0, 1). */
  readonly random: () => number;
}

interface Waiting {
  readonly need: Need;
  readonly signal: AbortSignal;
  readonly stopped: AbortSignal | undefined;
  readonly resolve: (turn: Departure | FailedReply) => void;
}

const NOT_HELD: Readonly<Record<HeldBy, number>> = {
  tokens_per_minute: 0,
  requests_per_minute: 0,
  concurrency: 0,
  refusals: 0,
};

const NO_TOKENS: Need = { bytes: 0, input: 0, output: 0 };

/**
 * A log in which all processes record the calls that they send to a model, so that together they keep to its limits.
 */
export interface SharedLimits {
  /** The model's alias. */
  readonly model: string;
  readonly log: DepartureLog;
}

/**
 * The queue of one model: first in, first out, as fast as its pace allows. All callers of the model share it, so that
 * a refusal delays all of them.
 */
export class ModelLine {
  readonly #pace: ModelPace;
  readonly #dependencies: PaceDependencies;
  #shared: SharedLimits | undefined;
  /** Number of the last call in the shared log that this process has read. */
  #heardOf = 0;
  readonly #forecast = new TokenForecast();
  readonly #waiting: Waiting[] = [];
  readonly #listened = new WeakSet<AbortSignal>();
  readonly #held = { ...NOT_HELD };
  /** What the first call in the queue has been waiting for since `#heldSince`; null when no waiting time is counted. */
  #heldBy: HeldBy | null = null;
  #heldSince = 0;
  /** When the queue's timer fires next. */
  #wakesAt = Number.POSITIVE_INFINITY;
  /**
   * When the last timer was due. `#now` returns no earlier time, because a timer may fire too early by the clock,
   * and a clock that does not advance must not block the queue.
   */
  #sleptUntil = Number.NEGATIVE_INFINITY;
  /** When the model last answered a call; null before the first answer. */
  #answeredAt: number | null = null;
  readonly #untoldCapacity: UntoldCapacity;
  readonly #cutConnections: CutConnections;
  /** When the first reply arrived. */
  #firstBackAt: number | null = null;
  /** Calls whose last attempt failed. */
  readonly #troubled = new Set<string>();
  /** Number of calls whose first attempt failed since the last answer. */
  #unanswered = 0;
  /** When the model began to count as unavailable, plus the time since then in which it was not asked; null while it does not. */
  #silentSince: number | null = null;
  /** When a call to the unavailable model failed last. */
  #silentAt = 0;
  /** The failure that calls get without being sent, and until when; null before the model was given up. */
  #closed: { readonly failure: FailedReply; readonly until: number } | null = null;

  constructor(limits: Limits, dependencies: PaceDependencies) {
    this.#pace = new ModelPace(limits);
    this.#untoldCapacity = new UntoldCapacity(this.#pace);
    this.#cutConnections = new CutConnections(this.#pace);
    this.#dependencies = dependencies;
  }

  /**
   * From now on, the user's limits apply to all processes that record their calls in this log, taken together.
   */
  share(limits: SharedLimits): void {
    this.#shared = limits;
  }

  #now(): number {
    return Math.max(this.#dependencies.now(), this.#sleptUntil);
  }

  /**
   * Starts to measure how long calls wait and how many the server refuses. The returned function ends the
   * measurement and returns its result.
   */
  watch(): () => RunPace {
    this.#count(this.#now(), this.#heldBy);
    const before = { ...this.#held };
    const refused = this.#pace.refused;
    return () => {
      this.#count(this.#now(), this.#heldBy);
      const held = (Object.entries(this.#held) as [HeldBy, number][]).map(
        ([by, ms]) => [by, ms - before[by]] as const,
      );
      const [longest] = held.filter(([, ms]) => ms > 0).sort(([, a], [, b]) => b - a);
      return {
        limited_by: longest?.[0] ?? null,
        waited_ms: Math.round(held.reduce((sum, [, ms]) => sum + ms, 0)),
        refused: this.#pace.refused - refused,
      };
    };
  }

  /**
   * Waits for the call's turn. When the model counts as unavailable, the call is not sent, and a failure is
   * returned.
   *
   * @param keepsPlace whether the call was sent and refused; then it goes ahead of the calls that were not sent
   * yet
   */
  enter(
    request: PreparedRequest,
    signal: AbortSignal,
    stopped?: AbortSignal,
    keepsPlace = false,
  ): Departure | FailedReply | Promise<Departure | FailedReply> {
    const need = this.#pace.countsTokens ? this.#forecast.of(request) : NO_TOKENS;
    const now = this.#now();
    const shut = this.#shut(now, signal);
    if (shut !== null) return shut;
    if (stopped?.aborted) return WITHDRAWN;
    if (this.#waiting.length === 0 && this.#pace.turn(now, need).kind === "go") {
      const departure = this.#depart(now, need);
      if (departure !== null) return departure;
    }
    return new Promise((resolve) => {
      this.#count(now, this.#heldBy);
      const one = { need, signal, stopped, resolve };
      if (keepsPlace) this.#waiting.unshift(one);
      else this.#waiting.push(one);
      if (stopped !== undefined) this.#listen(stopped);
      this.#advance();
    });
  }

  #listen(stopped: AbortSignal): void {
    if (this.#listened.has(stopped)) return;
    this.#listened.add(stopped);
    const takeBack = (): void => {
      this.#count(this.#now(), this.#heldBy);
      const kept = this.#waiting.filter((one) => one.stopped !== stopped);
      const withdrawn = this.#waiting.filter((one) => one.stopped === stopped);
      this.#waiting.splice(0, this.#waiting.length, ...kept);
      for (const one of withdrawn) one.resolve(WITHDRAWN);
      this.#advance();
    };
    stopped.addEventListener("abort", takeBack, { once: true });
  }

  /**
   * Adds the waiting time since the last count to the total of its cause, and sets the cause of the waiting time
   * from now on.
   */
  #count(now: number, by: HeldBy | null): void {
    if (this.#heldBy !== null) this.#held[this.#heldBy] += (now - this.#heldSince) * this.#waiting.length;
    this.#heldSince = now;
    this.#heldBy = by;
  }

  /** Records that a call is sent. Returns null instead when other processes have used up the user's limit. */
  #depart(now: number, need: Need): Departure | null {
    const shared = this.#shared;
    const { window_ms } = this.#pace;
    if (shared === undefined || window_ms === 0) return this.#pace.leave(now, need);
    let departure: Departure | null = null;
    this.#heardOf = shared.log.depart(shared.model, this.#heardOf, window_ms, (others) => {
      for (const { age_ms, tokens } of others) this.#pace.leftElsewhere(now - age_ms, tokens);
      if (departure === null && others.length > 0 && this.#pace.turn(now, need).kind === "held") return null;
      departure ??= this.#pace.leave(now, need);
      return need.input + need.output;
    });
    return departure;
  }

  /**
   * Counts a call once more, at the time when its reply arrives, in this process and for the other processes. This
   * is done for the first calls, because the connection time is unknown before the first reply: on a busy machine,
   * calls may arrive seconds after they left the queue.
   */
  #countAgain(now: number, tokens: number): void {
    const { window_ms } = this.#pace;
    if (window_ms === 0) return;
    this.#pace.leftElsewhere(now, tokens);
    const shared = this.#shared;
    if (shared === undefined) return;
    this.#heardOf = shared.log.depart(shared.model, this.#heardOf, window_ms, (others) => {
      for (const one of others) this.#pace.leftElsewhere(now - one.age_ms, one.tokens);
      return tokens;
    });
  }

  #shut(now: number, signal: AbortSignal): FailedReply | null {
    if (signal.aborted) return { ...abortedReply(signal), unsent: true };
    if (this.#closed === null || now >= this.#closed.until) return null;
    return { ...this.#closed.failure, unsent: true };
  }

  /** Starts every call that may be sent now, and sets a timer for the next. */
  #advance(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const now = this.#now();
      const shut = this.#shut(now, first.signal);
      const turn = this.#pace.turn(now, first.need);
      if (shut === null && turn.kind === "held") {
        this.#count(now, turn.by);
        if (turn.wait_ms !== null) this.#sleep(turn.wait_ms, first.signal);
        return;
      }
      const gone = shut ?? this.#depart(now, first.need);
      // Another process used the capacity first; the next iteration finds out why this call has to wait.
      if (gone === null) continue;
      this.#count(now, null);
      this.#waiting.shift();
      first.resolve(gone);
    }
  }

  #sleep(ms: number, signal: AbortSignal): void {
    const until = this.#now() + ms;
    if (this.#wakesAt <= until) return;
    this.#wakesAt = until;
    const wake = (): void => {
      if (this.#wakesAt === until) this.#wakesAt = Number.POSITIVE_INFINITY;
      if (!signal.aborted) this.#sleptUntil = Math.max(this.#sleptUntil, until);
      this.#advance();
    };
    void this.#dependencies.sleep(ms, signal).then(wake, wake);
  }

  /** Removes a call that ended by a thrown error, which is a bug of ours. */
  forget(departure: Departure): void {
    this.#pace.back(departure, null);
    this.#advance();
  }

  /**
   * Handles a reply. Returns the reply, or `again` when the call was refused for lack of capacity and must queue
   * again.
   *
   * @param call id of the call, the same for all attempts
   * @param max_wait_ms the longest pause to wait for
   */
  back(
    departure: Departure,
    { call, request }: { readonly call: string; readonly request: PreparedRequest },
    reply: Reply,
    max_wait_ms: number,
  ): Reply | "again" {
    const answered = this.#learn(departure, { call, request }, reply, max_wait_ms);
    const verdict = answered === "again" ? answered : this.#presence(departure, call, answered, max_wait_ms);
    this.#advance();
    return verdict;
  }

  #learn(
    departure: Departure,
    { call, request }: { readonly call: string; readonly request: PreparedRequest },
    reply: Reply,
    max_wait_ms: number,
  ): Reply | "again" {
    const { usage } = reply;
    const known = usage === undefined ? null : tokensOf(usage);
    const now = this.#now();
    this.#firstBackAt ??= now;
    if (departure.at < this.#firstBackAt && now - departure.at > MAX_LATE_MS)
      this.#countAgain(now, known ?? departure.input + departure.output);
    if (reply.limits !== undefined)
      this.#pace.report(departure, reply.limits, now, reply.kind === "answered");
    if (reply.kind === "answered") {
      this.#answeredAt = now;
      this.#untoldCapacity.answered(departure, call);
      this.#cutConnections.answered(departure, call);
      if (usage !== undefined && this.#pace.countsTokens)
        this.#forecast.learn(departure.bytes || bytesOf(request), usage);
      this.#pace.answered(departure, known);
      return reply;
    }
    if (reply.busy === true) this.#untoldCapacity.stated();
    const answeredAt = this.#answeredAt;
    const busy =
      reply.busy === true ||
      (reply.may_be_busy === true && this.#untoldCapacity.explains({ departure, call, answeredAt, now }));
    if (!busy || !reply.transient) {
      this.#pace.back(departure, known ?? (reply.may_be_billed === true ? null : 0));
      if (reply.cut === true && this.#cutConnections.cut(departure, call, now)) return "again";
      return reply.closed === undefined ? reply : this.#close(reply, Number.POSITIVE_INFINITY);
    }
    const asked = reply.retry_after_ms;
    this.#pace.busy(departure, asked, now, this.#dependencies.random());
    if (asked !== undefined && asked > max_wait_ms) {
      const message = oneLine(`${reply.message} (the server asks for a wait of ${waitText(asked)})`);
      return this.#close({ ...reply, message, transient: false, closed: "long-wait" }, now + asked);
    }
    const most_ms = this.#answeredAt !== null ? MAX_DROUGHT_MS.refused : MAX_DROUGHT_MS.unanswered;
    if (!this.#pace.onlyRefuses(now, most_ms)) return "again";
    return this.#close({ ...reply, transient: false, closed: "only-refusals" }, now + max_wait_ms);
  }

  /**
   * Detects that a model became unavailable: it answered before, and now many new calls in a row fail. All calls
   * then wait while one at a time tests the model. In this time, failures that cost nothing do not count as
   * attempts. Calls that fail while others succeed show nothing about the model, because the calls themselves may
   * be the problem.
   */
  #presence(departure: Departure, call: string, reply: Reply, max_wait_ms: number): Reply | "again" {
    if (reply.kind === "answered" || !reply.transient || reply.unsent === true) {
      if (reply.kind === "failed" && reply.unsent === true) return reply;
      // A failure that no retry can change also shows that the server is available.
      this.#troubled.delete(call);
      this.#unanswered = 0;
      this.#silentSince = null;
      return reply;
    }
    if (!this.#troubled.has(call)) this.#unanswered++;
    this.#troubled.add(call);
    if (this.#answeredAt === null || this.#unanswered < SILENT_AFTER) return reply;
    const now = this.#now();
    if (this.#silentSince === null) this.#silentSince = now;
    else this.#silentSince += this.#pace.idleBefore(departure, this.#silentAt);
    this.#silentAt = now;
    if (now - this.#silentSince > MAX_DROUGHT_MS.silent)
      return this.#close({ ...reply, transient: false, closed: "silent" }, now + max_wait_ms);
    this.#pace.silent(departure, now, this.#dependencies.random());
    return reply.may_be_billed === true ? reply : "again";
  }

  #close(failure: FailedReply, until: number): FailedReply {
    this.#closed = { failure, until };
    return failure;
  }

  /** Milliseconds left of the current pause. */
  get pause_ms(): number {
    return this.#pace.pauseLeft(this.#now());
  }
}

/** Formats a waiting time: `12 h`, `4 min`, `130 s`. */
function waitText(ms: number): string {
  const [size, unit] = ms >= 7_200_000 ? [3_600_000, "h"] : ms >= 300_000 ? [60_000, "min"] : [1000, "s"];
  return `${Math.round((ms / (size as number)) * 10) / 10} ${unit}`;
}

/** The callbacks of a paced client, and the deadline of one attempt in milliseconds. */
type PacedOptions = Pick<RetryDependencies, "onCall" | "onRetry" | "onFailed" | "stopped"> & {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly timeout_ms: number;
};

/**
 * Sends calls through the model's queue. Waiting there does not count towards a deadline, so this client is
 * wrapped around the timed client. A refusal for lack of capacity is not a failed attempt: the call queues again
 * while the model answers other calls.
 */
export function pacedClient(
  client: Client,
  line: ModelLine,
  { timeout_ms, now, onCall, onRetry, onFailed, stopped }: PacedOptions,
): Client {
  const max_wait_ms = Math.max(MAX_WAIT_MS, timeout_ms);
  return clientWithSend(client, async (request, question, trial, signal) => {
    let waited_ms = 0;
    for (let attempt = 1; ; attempt++) {
      const cameAt = now();
      // A call goes ahead only once: one that is refused again and again must not block all others.
      const entered = line.enter(request, signal, stopped, attempt === 2);
      const turn = entered instanceof Promise ? await entered : entered;
      waited_ms += now() - cameAt;
      if ("kind" in turn) return withTries(turn, attempt - 1, waited_ms);
      let reply: Reply;
      try {
        reply = await client.send(request, question, trial, signal);
      } catch (error) {
        line.forget(turn);
        throw error;
      }
      if (wasSent(reply)) onCall?.();
      const call = `${question.case_id}/${trial}`;
      const outcome = line.back(turn, { call, request }, reply, max_wait_ms);
      if (outcome !== "again") return withTries(outcome, attempt, waited_ms);
      if (signal.aborted || reply.kind === "answered") return reply;
      // The attempt is already counted. Marked as `unsent`, it is not counted again by the client that wraps this
      // client.
      if (onFailed?.(reply, question) === false) return { ...reply, transient: false, unsent: true };
      onRetry?.({ case_id: question.case_id, trial, attempt, wait_ms: line.pause_ms, failure: reply });
    }
  });
}
