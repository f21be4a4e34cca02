import { type Transcript, UNKNOWN_USAGE } from "../domain/transcript.ts";

/** Thrown when a scorer needs more of an answer than its text, which is all that a file of answers has. */
export class NotKept extends Error {}

/**
 * A stored answer of which only the text is known. Reading any member but `output` and `trajectory` throws `NotKept`, so
 * a scorer that needs more than the text cannot score the answer.
 */
export function textAlone(output: string): Transcript {
  return new Proxy({ output } as Transcript, {
    get: (target, name) => {
      if (name === "output") return target.output;
      if (name === "trajectory") return undefined;
      throw new NotKept();
    },
    ownKeys: () => {
      throw new NotKept();
    },
  });
}

/** An answer that is only its text: one question and one text, with unknown usage. */
export function answerOfText(output: string): Transcript {
  return {
    ...{ output, messages: [], tool_calls: [], usage: UNKNOWN_USAGE, latency_ms: null, cost_usd: null },
    ...{ model: null, finish_reason: null, refusal: null },
  };
}
