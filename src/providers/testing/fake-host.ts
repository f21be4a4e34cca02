import type { Client, OpenTarget, ProviderHost, Question, Reply } from "../../domain/provider.ts";

/** A host without files, variables or models. `changes` replaces the parts that a test is about. */
export function fakeHost(changes: Partial<ProviderHost> = {}): ProviderHost {
  return {
    root: "/nowhere",
    env: {},
    concurrency: 4,
    timeout_ms: 1000,
    caseIds: () => [],
    open: async (alias) => {
      throw new Error(`no ${alias}`);
    },
    ...changes,
  };
}

/** A question of case `c1`. */
export function questionOf(changes: Partial<Question> = {}): Question {
  return { case_id: "c1", input: { q: 1 }, messages: null, ...changes };
}

/** Asks once, as the engine would. */
export async function ask(
  target: OpenTarget,
  question: Question,
  trial = 1,
  signal?: AbortSignal,
): Promise<Reply> {
  const never = new AbortController().signal;
  return target.client.send(target.client.prepare(question), question, trial, signal ?? never);
}

/** A signal that aborts after this time, with the reason of a deadline. */
export function deadline(ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new Error(`no reply within ${ms} ms`);
  reason.name = "TimeoutError";
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}

/** A client that gives these replies one after the other, and then repeats the last one. */
export function scriptedClient(...replies: readonly Reply[]): Client & { readonly sent: number } {
  let sent = 0;
  return {
    get sent() {
      return sent;
    },
    prepare: (question) => ({ input: question.input }),
    send: async () => replies[Math.min(sent++, replies.length - 1)] as Reply,
    close: async () => {},
  };
}
