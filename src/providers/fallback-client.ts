import type { Client, FailedReply, Question, SteppedIn } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";

/** The fallback model with its own retries, limits and deadline. */
export interface Fallback extends SteppedIn {
  readonly client: Client;
  /** Reported as the reply's model when the server does not name a model. */
  readonly label: string;
  /** Returns false when the budget does not allow a call of the fallback model. */
  readonly mayAsk?: ((question: Question) => boolean) | undefined;
}

/** Combines the failures of both models. The result may be retried when a retry may help with either model. */
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
 * Asks another model when the first has failed after all retries. The question is prepared in the fallback's own
 * format, and the reply names the model that answered. When both fail, the first failure is reported.
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
