import type { Limits } from "../domain/config.ts";
import type { Client, FailedReply, PreparedRequest, Reply } from "../domain/provider.ts";
import type { RunPace } from "../domain/report.ts";
import { tokensOf } from "../domain/transcript.ts";
import { clientWithSend } from "./client-with-send.ts";
import { abortedReply, oneLine } from "./failed-reply.ts";
import { type Departure, type HeldBy, ModelPace } from "./model-pace.ts";
import { type RetryDependencies, type Sleep, wasSent } from "./retrying-client.ts";
import { TokenForecast } from "./token-forecast.ts";

/** Longest pause that is begun for a model, in milliseconds, unless one call alone may take longer. */
export const MAX_WAIT_MS = 120_000;
/** How long a model may refuse everything before it is given up: where it answered before, and where it never did. */
const MAX_DROUGHT_MS = { heard: 70_000, unheard: 35_000 };

/** What the line depends on: a clock, chance and a timer. */
export interface PaceDependencies {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
}

interface Waiting {
  readonly tokens: number;
  readonly signal: AbortSignal;
  readonly since: number;
  by: HeldBy;
  readonly resolve: (turn: Departure | FailedReply) => void;
}

const NOT_HELD: Readonly<Record<HeldBy, number>> = {
  tokens_per_minute: 0,
  requests_per_minute: 0,
  concurrency: 0,
  refusals: 0,
};

/**
 * The line in front of one model: first come, first served, as fast as its pace allows. Shared by all that ask the model,
 * so that one refusal holds them all back.
 */
export class ModelLine {
  readonly #pace: ModelPace;
  readonly #dependencies: PaceDependencies;
  readonly #forecast = new TokenForecast();
  readonly #waiting: Waiting[] = [];
  readonly #held = { ...NOT_HELD };
  #sleeping = false;
  /** Until when was slept: a timer may be early by the clock, and a clock that stands still must not hold the line. */
  #sleptUntil = Number.NEGATIVE_INFINITY;
  #heard = false;
  #closed: { readonly failure: FailedReply; readonly until: number } | null = null;

  constructor(limits: Limits, dependencies: PaceDependencies) {
    this.#pace = new ModelPace(limits);
    this.#dependencies = dependencies;
  }

  #now(): number {
    return Math.max(this.#dependencies.now(), this.#sleptUntil);
  }

  /** From now on: what held calls back, and how often the other side refused one. */
  watch(): () => RunPace {
    const before = { ...this.#held };
    const refused = this.#pace.refused;
    return () => {
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

  /** A call's turn: at once where it can be, and a failure that was never sent where nothing is answered any more. */
  enter(
    request: PreparedRequest,
    signal: AbortSignal,
  ): Departure | FailedReply | Promise<Departure | FailedReply> {
    const tokens = this.#pace.countsTokens ? this.#forecast.of(request) : 0;
    const now = this.#now();
    const shut = this.#shut(now, signal);
    if (shut !== null) return shut;
    const turn = this.#pace.turn(now, tokens);
    if (turn.kind === "go" && this.#waiting.length === 0) return this.#pace.leave(now, tokens);
    const by = turn.kind === "go" ? (this.#waiting[0]?.by ?? "concurrency") : turn.by;
    return new Promise((resolve) => {
      this.#waiting.push({ tokens, signal, since: now, by, resolve });
      this.#advance();
    });
  }

  #shut(now: number, signal: AbortSignal): FailedReply | null {
    if (signal.aborted) return { ...abortedReply(signal), unsent: true };
    if (this.#closed === null || now >= this.#closed.until) return null;
    return { ...this.#closed.failure, unsent: true };
  }

  /** Lets everybody leave whose turn it is, and comes back when it is the next one's. */
  #advance(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const now = this.#now();
      const shut = this.#shut(now, first.signal);
      const turn = this.#pace.turn(now, first.tokens);
      if (shut === null && turn.kind === "held") {
        first.by = turn.by;
        if (turn.wait_ms !== null) this.#sleep(turn.wait_ms, first.signal);
        return;
      }
      this.#waiting.shift();
      this.#held[first.by] += now - first.since;
      first.resolve(shut ?? this.#pace.leave(now, first.tokens));
    }
  }

  #sleep(ms: number, signal: AbortSignal): void {
    if (this.#sleeping) return;
    this.#sleeping = true;
    const until = this.#now() + ms;
    const wake = (): void => {
      this.#sleeping = false;
      if (!signal.aborted) this.#sleptUntil = until;
      this.#advance();
    };
    void this.#dependencies.sleep(ms, signal).then(wake, wake);
  }

  /** A call that was never answered for a fault of ours. */
  forget(departure: Departure): void {
    this.#pace.back(departure, null);
    this.#advance();
  }

  /**
   * What a call brought back: itself, or `again` where it was refused for want of room and waits for its next turn.
   *
   * @param most_wait_ms longest pause that is waited for
   */
  back(departure: Departure, request: PreparedRequest, reply: Reply, most_wait_ms: number): Reply | "again" {
    const verdict = this.#learn(departure, request, reply, most_wait_ms);
    this.#advance();
    return verdict;
  }

  #learn(
    departure: Departure,
    request: PreparedRequest,
    reply: Reply,
    most_wait_ms: number,
  ): Reply | "again" {
    const { usage } = reply;
    const known = usage === undefined ? null : tokensOf(usage);
    if (reply.kind === "answered") {
      this.#heard = true;
      if (usage !== undefined && this.#pace.countsTokens) this.#forecast.learn(request, usage);
      this.#pace.answered(departure, known);
      return reply;
    }
    const now = this.#now();
    if (reply.busy !== true || !reply.transient) {
      this.#pace.back(departure, known ?? (reply.may_be_billed === true ? null : 0));
      return reply.closed === undefined ? reply : this.#close(reply, Number.POSITIVE_INFINITY);
    }
    const asked = reply.retry_after_ms;
    this.#pace.busy(departure, asked, now, this.#dependencies.random());
    if (asked !== undefined && asked > most_wait_ms) {
      const message = oneLine(`${reply.message} (asks to come back in ${waitText(asked)})`);
      return this.#close({ ...reply, message, transient: false, closed: "long-wait" }, now + asked);
    }
    const most_ms = this.#heard ? MAX_DROUGHT_MS.heard : MAX_DROUGHT_MS.unheard;
    if (!this.#pace.onlyRefuses(now, most_ms)) return "again";
    return this.#close({ ...reply, transient: false, closed: "only-refusals" }, now + most_wait_ms);
  }

  #close(failure: FailedReply, until: number): FailedReply {
    this.#closed = { failure, until };
    return failure;
  }

  /** Milliseconds until the pause under way is over. */
  get pause_ms(): number {
    return this.#pace.pauseLeft(this.#now());
  }
}

/** A wait as people say it: `12 h`, `4 min`, `130 s`. */
function waitText(ms: number): string {
  const [size, unit] = ms >= 7_200_000 ? [3_600_000, "h"] : ms >= 300_000 ? [60_000, "min"] : [1000, "s"];
  return `${Math.round((ms / (size as number)) * 10) / 10} ${unit}`;
}

/** Whom a paced client tells, and the deadline of one attempt in milliseconds. */
type PacedOptions = Pick<RetryDependencies, "onCall" | "onRetry" | "onFailed"> & {
  readonly timeout_ms: number;
};

/**
 * Sends calls as the line in front of their model allows. Waiting is not part of any deadline, so this goes around the
 * timed client. A refusal for want of room is no failure of its call: it gets in line again for as long as the model
 * answers others.
 */
export function pacedClient(
  client: Client,
  line: ModelLine,
  { timeout_ms, onCall, onRetry, onFailed }: PacedOptions,
): Client {
  const most_wait_ms = Math.max(MAX_WAIT_MS, timeout_ms);
  return clientWithSend(client, async (request, question, trial, signal) => {
    for (let attempt = 1; ; attempt++) {
      const entered = line.enter(request, signal);
      const turn = entered instanceof Promise ? await entered : entered;
      if ("kind" in turn) return turn;
      let reply: Reply;
      try {
        reply = await client.send(request, question, trial, signal);
      } catch (error) {
        line.forget(turn);
        throw error;
      }
      if (wasSent(reply)) onCall?.();
      const outcome = line.back(turn, request, reply, most_wait_ms);
      if (outcome !== "again") return outcome;
      if (signal.aborted || reply.kind === "answered") return reply;
      // It has been counted then: whoever is above must not count it again.
      if (onFailed?.(reply, question) === false) return { ...reply, transient: false, unsent: true };
      onRetry?.({ case_id: question.case_id, trial, attempt, wait_ms: line.pause_ms, failure: reply });
    }
  });
}
