import { sha256 } from "../../domain/json.ts";
import type { AnsweredReply, Client, FailedReply, Reply } from "../../domain/provider.ts";
import { usageOf } from "../../domain/transcript.ts";

/** A client that keeps count of what it was asked. Trials are written `case/trial`. */
export interface CountingClient extends Client {
  /** In the order of asking. */
  readonly asked: string[];
  /** Most requests that were ever in flight at once. */
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

/** Answers by a function; a plain value when the function gives one. */
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

/** Holds every request until the test answers it. */
export function heldClient(): CountingClient & {
  /** Trials in flight, in the order of asking. */
  readonly waiting: () => string[];
  /** Answers one of them and lets the engine go on. */
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

/** What a model with a mind of its own says to a trial: right, wrong, slow, dear, always the same way. */
export function moodyAnswer(caseId: string, trial: number): AnsweredReply {
  const luck = chance(caseId, trial);
  return answer(luck < 0.7 ? "yes" : "no", {
    latency_ms: Math.round(chance("latency", caseId, trial) * 5000) / 10,
    usage: usageOf({ input_tokens: 10 + Math.floor(luck * 90), output_tokens: 5 + Math.floor(luck * 50) }),
    refusal: luck > 0.95 ? "I cannot help." : null,
  });
}
