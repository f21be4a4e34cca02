import { type Transcript, UNKNOWN_USAGE } from "../domain/transcript.ts";

/** A scorer wanted to read what a file of answers does not keep. */
export class NotKept extends Error {}

/** Of a kept answer only its text is known; whoever asks for more cannot score it. */
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

/** An answer that was its text and nothing beside: a question, a text, and what it took is not known. */
export function answerOfText(output: string): Transcript {
  return {
    ...{ output, messages: [], tool_calls: [], usage: UNKNOWN_USAGE, latency_ms: null, cost_usd: null },
    ...{ model: null, finish_reason: null, refusal: null },
  };
}
