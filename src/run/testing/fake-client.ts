import { sha256 } from "../../domain/json.ts";
import type { AnsweredReply, Client, FailedReply, Reply } from "../../domain/provider.ts";
import { usageOf } from "../../domain/transcript.ts";

/** A client that records which trials it was asked. Trials are written as `case id/trial`. */
export interface CountingClient extends Client {
  /** Trials in the order in which they were asked. */
  readonly asked: string[];
  /** Highest number of requests that were in flight at once. */
  readonly peak: number;
}

export function answer(output: string, changes: Partial<AnsweredReply> = {}): AnsweredReply {
  return { kind: "answered", output, latency_ms: 100, ...changes };
}

export function failure(error: FailedReply["error"], changes: Partial<FailedReply> = {}): FailedReply {
  return { kind: "failed", error, message: `${error} of the fake`, transient: false, ...changes };
}

/** Waits until every promise that is ready has been handled. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client that answers with the result of a function: synchronously if the function returns no promise. */
export function fakeClient(
  reply: (caseId: string, trial: number, signal: AbortSignal) => Reply | Promise<Reply>,
  more: Partial<Client> = {},
): CountingClient {
  const asked: string[] = [];
  let inFlight = 0;
  let peak = 0;
  return {
    prepare: ({ input }) => ({ input }),
    send: (_request, { case_id }, trial, signal) => {
      asked.push(`${case_id}/${trial}`);
      const result = reply(case_id, trial, signal);
      if (!(result instanceof Promise)) return result;
      peak = Math.max(peak, ++inFlight);
      return result.finally(() => {
        inFlight--;
      });
    },
    close: async () => {},
    asked,
    get peak() {
      return peak;
    },
    ...more,
  };
}

/** A client that leaves every request open until the test answers it. */
export function heldClient(): CountingClient & {
  /** Trials in flight, in the order in which they were asked. */
  readonly waiting: () => string[];
  /** Answers one trial and lets the engine go on. */
  readonly settle: (trial: string, reply?: Reply) => Promise<void>;
} {
  const held = new Map<string, (reply: Reply) => void>();
  const listened = new WeakSet<AbortSignal>();
  const cutAll = (): void => {
    for (const resolve of held.values()) resolve(failure("provider", { message: "aborted" }));
  };
  const client = fakeClient((caseId, trial, signal) => {
    if (!listened.has(signal)) signal.addEventListener("abort", cutAll);
    listened.add(signal);
    return new Promise((resolve) => held.set(`${caseId}/${trial}`, resolve));
  });
  return Object.assign(client, {
    waiting: () => [...held.keys()],
    settle: async (trial: string, reply: Reply = answer("yes")) => {
      const resolve = held.get(trial);
      if (resolve === undefined) throw new Error(`${trial} is not in flight`);
      held.delete(trial);
      resolve(reply);
      await quiet();
    },
  });
}

/** A number in [0, 1) that is always the same for the same words. */
export function chance(...words: readonly (string | number)[]): number {
  return Number.parseInt(sha256(words.join("/")).slice(0, 8), 16) / 2 ** 32;
}

/**
 * An answer whose text, latency, usage and refusal vary by trial, but are always the same for the same trial.
 */
export function moodyAnswer(caseId: string, trial: number): AnsweredReply {
  const luck = chance(caseId, trial);
  return answer(luck < 0.7 ? "yes" : "no", {
    latency_ms: Math.round(chance("latency", caseId, trial) * 5000) / 10,
    usage: usageOf({ input_tokens: 10 + Math.floor(luck * 90), output_tokens: 5 + Math.floor(luck * 50) }),
    refusal: luck > 0.95 ? "I cannot help." : null,
  });
}
