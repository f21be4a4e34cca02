import type { Client, FailedReply, Question, Reply } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** How often and how patiently a failed attempt is repeated. */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly retries: number;
  /** The same for attempts that ended at their deadline: each may have been paid for. */
  readonly timeout_retries: number;
  /** Longest wait before the first retry, in milliseconds; doubled each time. */
  readonly base_ms: number;
  /** What it is never doubled beyond, in milliseconds. */
  readonly cap_ms: number;
  /** Longest wait that is begun, in milliseconds: who asks for more is not asked again. */
  readonly most_ms: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  retries: 3,
  timeout_retries: 1,
  base_ms: 1000,
  cap_ms: 30_000,
  most_ms: 120_000,
};

/** Waits. Ends early when the signal aborts, by resolving or by rejecting. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A retry that is about to be waited for. */
export interface Retry {
  readonly case_id: string;
  readonly trial: number;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly wait_ms: number;
  readonly failure: FailedReply;
}

/** What retrying needs of the outside. */
export interface RetryDependencies {
  /** Aborts when no new calls are wanted: those that wait for their turn are taken back. */
  readonly stopped?: AbortSignal | undefined;
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
  /** Called once for each request that was sent, retries included. */
  readonly onCall?: (() => void) | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Of the whole run; absent: every call may be tried again as often as the policy says. */
  readonly retryBudget?: RetryBudget | undefined;
  /** Called for each attempt that was sent and gave no answer; false when there is no money for another. */
  readonly onFailed?: ((failure: FailedReply, question: Question) => boolean) | undefined;
}

/**
 * How long to wait before the next attempt, in milliseconds: anything from 0 to a bound that doubles with each attempt, each
 * as likely ("full jitter", M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog 2015: of the rules compared
 * there the one with the fewest calls). Never less than what the other side asked for: then a little is added, so that those
 * who were refused together do not come back together.
 *
 * @param attempt the one that failed, from 1
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

/** Whether a request left for it: only then is it counted, and may have cost something. */
export function wasSent(reply: Reply): boolean {
  return reply.kind === "answered" ? !reply.recorded : !reply.unsent;
}

/** Shorter waits are not reported. */
const A_WAIT_MS = 1000;

/** A reply with what it took, where that is worth reporting. */
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

/** Adds retries to any client. Policy lives here, transport in the client it wraps. */
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
