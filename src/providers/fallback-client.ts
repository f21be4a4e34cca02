import type { Client, FailedReply, Question, SteppedIn } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";

/** The other model, ready to be asked: wrapped in its own retries, limits and deadline. */
export interface Fallback extends SteppedIn {
  readonly client: Client;
  /** Told as the reply's model when the other side does not name itself. */
  readonly label: string;
  /** False when there is no money for it. */
  readonly mayAsk?: ((question: Question) => boolean) | undefined;
}

/** The first failure, described with the second; it is final only when neither of the two can still answer. */
function bothFailed(first: FailedReply, second: FailedReply, label: string): FailedReply {
  const { fatal, unreachable, closed, ...failed } = first;
  return {
    ...failed,
    transient: first.transient || second.transient,
    message: `${first.message}; then ${label}: ${second.message}`,
    ...(fatal === true && second.fatal === true && { fatal }),
    ...(unreachable === true && second.unreachable === true && { unreachable }),
    ...(closed !== undefined && second.closed !== undefined && { closed }),
  };
}

/**
 * Asks another model when this one has failed for good. The question is put into the other's own words, and the
 * reply says who answered; when both fail, the first failure is reported.
 */
export function fallbackClient(client: Client, fallback: Fallback): Client {
  return {
    ...clientWithSend(client, client.send),
    async send(request, question, trial, signal) {
      const reply = await client.send(request, question, trial, signal);
      if (reply.kind === "answered" || reply.withdrawn === true || signal.aborted) return reply;
      if (fallback.mayAsk?.(question) === false) return reply;
      const { client: other, alias, price, label } = fallback;
      const second = await other.send(other.prepare(question), question, trial, signal);
      if (second.kind === "answered")
        return { ...second, model: second.model ?? label, fallback: { alias, price } };
      return bothFailed(reply, second, label);
    },
    close: async () => {
      await Promise.all([client.close(), fallback.client.close()]);
    },
  };
}
