import type { AroundCalls } from "../domain/around-calls.ts";
import { hashJson, type Json } from "../domain/json.ts";
import type { Project } from "../domain/project.ts";
import type { Client, PreparedRequest } from "../domain/provider.ts";
import type { Decide, PaceBook } from "../fleet/database.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import { abortedReply, WITHDRAWN } from "../providers/failed-reply.ts";
import { SlidingMinute } from "../providers/sliding-minute.ts";
import { bytesOf, TokenForecast } from "../providers/token-forecast.ts";
import type { Plan } from "./plan.ts";

/** How long a lease of capacity may be used, in milliseconds. */
const LEASE_MS = 1000;
/**
 * Maximum wait before capacity is asked for again, in milliseconds. Other workers may release capacity meanwhile.
 */
const MAX_WAIT_MS = 2000;

interface Waiting {
  readonly tokens: number;
  readonly resolve: (leave: boolean) => void;
}

interface PaceOptions {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts when nothing more may be sent. */
  readonly stopped: AbortSignal;
}

/**
 * Enforces `limits:` for all workers together. Each worker leases capacity for its waiting calls and must use it
 * within one second. A lease counts as if its calls were sent during that whole second, so the total of all
 * workers stays within the limit in every minute.
 *
 * @returns a function that makes the wrapper of a plan's calls
 */
export function sharedPace(book: PaceBook, options: PaceOptions) {
  const gates = new Map<string, Gate>();
  return ({ plan }: { readonly plan: Plan }, project: Project): AroundCalls => {
    return (client, payer) => {
      const model = [...project.models.values()].find(
        ({ alias }) =>
          alias === plan.model.alias && payer.judge === null && payer.target.label === plan.target.label,
      );
      const limits = model?.entry.limits ?? limitsOf(project, payer.target.label);
      if (limits?.requests_per_minute === undefined && limits?.tokens_per_minute === undefined) return client;
      const key = hashJson({ label: payer.target.label, limits: limits as Json });
      const gate = gates.get(key) ?? openGate(key, limits, book, options);
      gates.set(key, gate);
      return gated(client, gate);
    };
  };
}

function limitsOf(project: Project, label: string) {
  for (const { entry, settings } of project.models.values())
    if ((settings as { model?: string }).model === label) return entry.limits;
  return undefined;
}

interface Gate {
  readonly forecast: TokenForecast;
  enter(request: PreparedRequest): Promise<boolean>;
}

function gated(client: Client, gate: Gate): Client {
  return clientWithSend(client, async (request, question, trial, signal) => {
    const leaves = await gate.enter(request);
    if (!leaves) return WITHDRAWN;
    if (signal.aborted) return { ...abortedReply(signal), unsent: true };
    const reply = await client.send(request, question, trial, signal);
    if (reply.kind === "answered" && reply.usage !== undefined)
      gate.forecast.learn(bytesOf(request), reply.usage);
    return reply;
  });
}

interface Limits {
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

function openGate(key: string, limits: Limits, book: PaceBook, { now, sleep, stopped }: PaceOptions): Gate {
  const forecast = new TokenForecast();
  let waiting: Waiting[] = [];
  let isAsking = false;
  /** Leased capacity that is not used yet. */
  let leased = { requests: 0, tokens: 0, until: Number.NEGATIVE_INFINITY };

  const letGo = (): void => {
    if (now() >= leased.until) leased = { ...leased, requests: 0, tokens: 0 };
    for (
      let first = waiting[0];
      first !== undefined && leased.requests > 0 && leased.tokens >= first.tokens;
      first = waiting[0]
    ) {
      leased = { ...leased, requests: leased.requests - 1, tokens: leased.tokens - first.tokens };
      waiting.shift();
      first.resolve(true);
    }
  };

  const ask = async (): Promise<void> => {
    const began = now();
    const { requests, tokens, wait_ms } = await book.lease(key, windowOf(limits), decide(limits, waiting));
    // The lease's second starts when the request for the lease was sent.
    leased = { requests, tokens, until: began + LEASE_MS };
    letGo();
    if (requests === 0) await sleep(Math.min(MAX_WAIT_MS, Math.max(20, wait_ms)), stopped).catch(() => {});
  };

  const follow = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      while (waiting.length > 0 && !stopped.aborted) await ask();
    } finally {
      isAsking = false;
      if (stopped.aborted) {
        for (const one of waiting) one.resolve(false);
        waiting = [];
      }
    }
  };

  return {
    forecast,
    enter: (request) => {
      if (stopped.aborted) return Promise.resolve(false);
      const { input, output } =
        limits.tokens_per_minute === undefined ? { input: 0, output: 0 } : forecast.of(request);
      return new Promise((resolve, reject) => {
        waiting.push({ tokens: input + output, resolve });
        follow().catch(reject);
      });
    },
  };
}

/**
 * The present, in milliseconds, on a clock that is used only for deciding: earlier calls are entered by their age. It is
 * large, so that even the oldest of these calls has a time above 0.
 */
const NOW = 1e12;

/** Decides how many of the waiting calls may be sent within the next second. */
function decide(limits: Limits, waiting: readonly Waiting[]): Decide {
  return (before) => {
    const requests = minute(limits.requests_per_minute, 60);
    const tokens = minute(limits.tokens_per_minute, 6);
    for (const one of before) {
      requests?.take(NOW - one.age_ms, one.requests);
      tokens?.take(NOW - one.age_ms, one.tokens);
    }
    const granted = { requests: 0, tokens: 0, wait_ms: 0 };
    for (const one of waiting) {
      const wait_ms = Math.max(requests?.wait(NOW, 1) ?? 0, tokens?.wait(NOW, one.tokens) ?? 0);
      if (wait_ms > 0) return { ...granted, wait_ms };
      requests?.take(NOW, 1);
      tokens?.take(NOW, one.tokens);
      granted.requests++;
      granted.tokens += one.tokens;
    }
    return granted;
  };
}

/**
 * A limit per minute; null without one.
 *
 * @param parts after idle time, the limit divided by `parts` may be sent at once
 */
function minute(limit: number | undefined, parts: number): SlidingMinute | null {
  return limit === undefined ? null : new SlidingMinute(limit, limit / parts, LEASE_MS);
}

function windowOf(limits: Limits): number {
  return Math.max(
    ...[minute(limits.requests_per_minute, 60), minute(limits.tokens_per_minute, 6)].map(
      (one) => one?.window_ms ?? 0,
    ),
  );
}
