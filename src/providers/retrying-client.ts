import type { Client, FailedReply, Question, Reply } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** How often and how long to retry. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly retries: number;
  /**
   * Number of retries after a timeout. It is lower than `retries`, because each timed-out attempt may have been
   * billed.
   */
  readonly timeout_retries: number;
  /** Maximum wait before the first retry, in milliseconds; it doubles with each retry. */
  readonly base_ms: number;
  /** Upper bound of the doubled wait, in milliseconds. */
  readonly cap_ms: number;
  /**
   * The longest wait that a server may ask for, in milliseconds. When it asks for more, the call is not retried.
   */
  readonly most_ms: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  retries: 3,
  timeout_retries: 1,
  base_ms: 1000,
  cap_ms: 30_000,
  most_ms: 120_000,
};

/** Waits for some milliseconds. When the signal aborts, the promise settles early: it resolves or rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A retry that is about to wait. */
export interface Retry {
  readonly case_id: string;
  readonly trial: number;
  /** Number of the failed attempt, from 1. */
  readonly attempt: number;
  readonly wait_ms: number;
  readonly failure: FailedReply;
}

/** Dependencies of the retry wrapper. */
export interface RetryDependencies {
  /** Aborts when no new calls should start: calls that wait in a queue are cancelled. */
  readonly stopped?: AbortSignal | undefined;
  readonly sleep: Sleep;
  /** Returns a random number in [0, 1). */
  readonly random: () => number;
  /** Called once for each request sent, including retries. */
  readonly onCall?: (() => void) | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** The retry budget of the whole run. Absent: only the policy limits retries. */
  readonly retryBudget?: RetryBudget | undefined;
  /**
   * Called for each attempt that was sent and not answered. Returns false when the run's budget does not allow
   * another attempt.
   */
  readonly onFailed?: ((failure: FailedReply, question: Question) => boolean) | undefined;
}

/**
 * Milliseconds to wait before the next attempt: uniformly random between 0 and a bound that doubles with each
 * attempt ("full jitter", M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog 2015: of the rules
 * compared there, the one with the fewest calls). The wait is never shorter than the server asked for. A small
 * random time is added to what the server asked for, so that callers that were refused together do not retry
 * together.
 *
 * @param attempt number of the failed attempt, from 1
 * @param random in [0, 1)
 */
export function retryWait(
  failure: Pick<FailedReply, "retry_after_ms">,
  attempt: number,
  policy: Pick<RetryPolicy, "base_ms" | "cap_ms">,
  random: number,
): number {
  const grown = random * Math.min(policy.cap_ms, policy.base_ms * 2 ** (attempt - 1));
  const asked = failure.retry_after_ms ?? 0;
  return Math.max(grown, asked + random * Math.min(policy.base_ms / 2, asked / 4));
}

/** Whether a request was sent. Only a sent request counts as a call and may cost something. */
export function wasSent(reply: Reply): boolean {
  return reply.kind === "answered" ? !reply.recorded : !reply.unsent;
}

/** Shortest waiting time that is reported, in milliseconds. */
const A_WAIT_MS = 1000;

/** Adds the number of attempts and the waiting time to a reply, unless it took one attempt and hardly any waiting. */
export function withTries<R extends Reply>(reply: R, attempts: number, waited_ms: number): R {
  return attempts <= 1 && waited_ms < A_WAIT_MS ? reply : { ...reply, tries: { attempts, waited_ms } };
}

function afterAttempts(failure: FailedReply, attempts: number): FailedReply {
  return attempts === 1
    ? failure
    : { ...failure, message: `${failure.message} (after ${attempts} attempts)` };
}

function outOfRetries(failure: FailedReply): FailedReply {
  return {
    ...failure,
    message: `${failure.message} (not tried again: too few of the run's calls are answered)`,
  };
}

/** Adds retries to any client, whatever its transport. */
export function retryingClient(client: Client, policy: RetryPolicy, dependencies: RetryDependencies): Client {
  const { sleep, random, onRetry, onFailed, retryBudget } = dependencies;
  const mayRetry = (failure: FailedReply, attempt: number) =>
    failure.transient &&
    (failure.retry_after_ms ?? 0) <= policy.most_ms &&
    attempt <= (failure.error === "timeout" ? policy.timeout_retries : policy.retries);

  const pause = async (
    question: Question,
    trial: number,
    attempt: number,
    failure: FailedReply,
    signal: AbortSignal,
  ): Promise<number> => {
    const wait_ms = retryWait(failure, attempt, policy, random());
    onRetry?.({ case_id: question.case_id, trial, attempt, wait_ms, failure });
    await sleep(wait_ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    return wait_ms;
  };

  return clientWithSend(client, async (request, question, trial, signal) => {
    let attempts = 0;
    let waited_ms = 0;
    for (let attempt = 1; ; attempt++) {
      const one = await client.send(request, question, trial, signal);
      attempts += one.tries?.attempts ?? (wasSent(one) ? 1 : 0);
      waited_ms += one.tries?.waited_ms ?? 0;
      const reply = withTries(one, attempts, waited_ms);
      if (reply.kind === "answered") {
        retryBudget?.answered();
        return reply;
      }
      const affordable = !wasSent(reply) || (onFailed?.(reply, question) ?? true);
      if (signal.aborted || !affordable || !mayRetry(reply, attempt)) return afterAttempts(reply, attempt);
      if (retryBudget?.take() === false) return outOfRetries(afterAttempts(reply, attempt));
      waited_ms += await pause(question, trial, attempt, reply, signal);
      if (signal.aborted) return afterAttempts(reply, attempt);
    }
  });
}
