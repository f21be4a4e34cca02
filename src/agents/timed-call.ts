import type { Client, Question, Reply } from "../domain/provider.ts";
import { awakeTimeout } from "../processes/awake-timeout.ts";
import type { CallClock } from "./conversation.ts";

const OUT_OF_TIME: Reply = {
  kind: "failed",
  error: "timeout",
  message: "the agent's time is over",
  transient: false,
  unsent: true,
};

/** Wraps a client so that its calls end when the conversation's time is used up. */
export function timedCalls(
  client: Client,
  clocks: WeakMap<Question, CallClock>,
  now: () => number,
): Client["send"] {
  return (request, question, trial, signal) => {
    const clock = clocks.get(question);
    if (clock === undefined) return client.send(request, question, trial, signal);
    return withinTime(clock, now, signal, (cut) => client.send(request, question, trial, cut));
  };
}

async function withinTime(
  clock: CallClock,
  now: () => number,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Reply | Promise<Reply>,
): Promise<Reply> {
  if (clock.left_ms <= 0) {
    clock.expired = true;
    return OUT_OF_TIME;
  }
  const over = new AbortController();
  const began = now();
  const forgetDeadline = awakeTimeout(clock.left_ms, () => {
    clock.expired = true;
    over.abort(Object.assign(new Error("the agent's time is over"), { name: "TimeoutError" }));
  });
  // The abort is passed on by hand, because `AbortSignal.any` takes as long as the rest of a step.
  const passOn = (): void => over.abort(signal.reason);
  if (signal.aborted) passOn();
  else signal.addEventListener("abort", passOn, { once: true });
  try {
    const reply = await send(over.signal);
    return reply.kind === "failed" && clock.expired ? { ...reply, transient: false } : reply;
  } finally {
    signal.removeEventListener("abort", passOn);
    forgetDeadline();
    clock.left_ms -= now() - began;
  }
}
