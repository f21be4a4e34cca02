import { type Transcript, UNKNOWN_USAGE } from "../domain/transcript.ts";

/** A scorer needs data that a file of answers does not contain. */
export class NotKept extends Error {}

/** A stored answer that is only a text; a scorer that needs more cannot score it. */
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
