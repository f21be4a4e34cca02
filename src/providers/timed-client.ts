import type { Client, FailedReply, Reply } from "../domain/provider.ts";
import { awakeTimeout } from "../processes/awake-timeout.ts";
import { clientWithSend } from "./client-with-send.ts";
import { abortedReply } from "./failed-reply.ts";

type Listener = () => void;

/**
 * Forwards one abort signal to many attempts through a single listener, because Node warns about a leak when a signal
 * has many listeners.
 */
class AbortFanOut {
  readonly #listeners = new WeakMap<AbortSignal, Set<Listener>>();

  listen(signal: AbortSignal, listener: Listener): void {
    let listeners = this.#listeners.get(signal);
    if (listeners === undefined) {
      const set = new Set<Listener>();
      const abortAll = () => {
        for (const each of [...set]) each();
      };
      signal.addEventListener("abort", abortAll, { once: true });
      this.#listeners.set(signal, set);
      listeners = set;
    }
    listeners.add(listener);
  }

  forget(signal: AbortSignal, listener: Listener): void {
    this.#listeners.get(signal)?.delete(listener);
  }
}

/** The abort reason for an attempt that exceeded its deadline. */
export function deadlineError(timeoutMs: number): Error {
  const error = new Error(
    `no reply within ${timeoutMs >= 1000 ? `${timeoutMs / 1000} s` : `${timeoutMs} ms`}`,
  );
  error.name = "TimeoutError";
  return error;
}

/** Adds the measured latency, rounded to 0.1 ms, unless the client has set one, as a recording does. */
function measured(reply: Reply, elapsedMs: number): Reply {
  return reply.kind === "answered" && reply.latency_ms === undefined
    ? { ...reply, latency_ms: Math.round(Math.max(0, elapsedMs - (reply.waited_ms ?? 0)) * 10) / 10 }
    : reply;
}

const OUT_OF_TIME: FailedReply = {
  kind: "failed",
  error: "timeout",
  message: "the agent's time is over",
  transient: false,
  unsent: true,
};

/**
 * Gives each attempt a deadline and measures its latency, from sending to the last byte.
 *
 * At the deadline the signal aborts and the reply is `timeout`, even if the client ignores the signal, so that
 * the client cannot block the run. A result that comes later is dropped. For a client with its own deadline, only
 * the latency is measured. The deadline is extended by any time in which this process was suspended.
 *
 * A question may have a time limit of its own (`time`). Its attempt ends at that limit or at the deadline,
 * whichever comes first. After the question's own limit, the question is not tried again.
 *
 * @param timeoutMs deadline of one attempt in milliseconds
 * @param now milliseconds of a monotonic clock
 */
export function timedClient(client: Client, timeoutMs: number, now: () => number): Client {
  const aborts = new AbortFanOut();
  return clientWithSend(client, (request, question, trial, signal) => {
    if (signal.aborted) return { ...abortedReply(signal), unsent: true };
    const { time } = question;
    if (time !== undefined && time.left_ms <= 0) {
      time.expired = true;
      return OUT_OF_TIME;
    }
    const deadlineMs = client.keepsDeadline === true ? Number.POSITIVE_INFINITY : timeoutMs;
    return new Promise<Reply>((resolve, reject) => {
      const controller = new AbortController();
      const started = now();
      let underWay = true;
      const leave = (): void => {
        if (!underWay) return;
        underWay = false;
        forgetDeadline?.();
        aborts.forget(signal, onAbort);
        if (time !== undefined) time.left_ms -= now() - started;
      };
      const stop = (reason: unknown): void => {
        leave();
        controller.abort(reason);
        resolve(abortedReply(controller.signal));
      };
      const onAbort = () => stop(signal.reason);
      const longest = Math.min(deadlineMs, time?.left_ms ?? deadlineMs);
      const late = (): void => {
        if (time === undefined || longest < time.left_ms) {
          stop(deadlineError(timeoutMs));
          return;
        }
        leave();
        time.expired = true;
        controller.abort(Object.assign(new Error(OUT_OF_TIME.message), { name: "TimeoutError" }));
        resolve({ ...abortedReply(controller.signal), transient: false });
      };
      const forgetDeadline = longest === Number.POSITIVE_INFINITY ? undefined : awakeTimeout(longest, late);
      aborts.listen(signal, onAbort);
      const settle = (reply: Reply): void => {
        leave();
        resolve(measured(reply, now() - started));
      };
      const fail = (error: unknown): void => {
        leave();
        reject(error);
      };
      try {
        const reply = client.send(request, question, trial, controller.signal);
        if (reply instanceof Promise) reply.then(settle, fail);
        else settle(reply);
      } catch (error) {
        fail(error);
      }
    });
  });
}
