import { conversationSteps } from "../../domain/conversation.ts";
import { describeTranscript } from "../../domain/describe-transcript.ts";
import type { Message } from "../../domain/message.ts";
import type { RunHeader } from "../../domain/run.ts";
import { usageOf } from "../../domain/transcript.ts";
import type { TracedTrial } from "../exported.ts";

/** The header of a run with one scorer. */
export const HEADER: RunHeader = {
  ...{ id: "0a1b2c3d", suite: "refunds", alias: "small", one_of_several: false, provider: "openai" },
  ...{ target: "gpt-4.1-2025-04-14", model: "gpt-4.1-2025-04-14", prompt: null, trials: 2, cases: 1 },
  ...{ planned: 2, fingerprint: "f".repeat(64), target_hash: "a".repeat(64), rescored_from: null },
  ...{ plan: "b".repeat(64), narrowing: null, commit: null, dirty: null },
  started_at: "2026-03-01T12:00:00.000Z",
  scorers: [{ name: "right", type: "equals", required: true, binary: true, hash: "c".repeat(64) }],
};

/** An answered trial with these messages. */
export function tracedTrial(
  messages: readonly Message[],
  changes: Partial<TracedTrial> & { readonly reply?: string } = {},
): TracedTrial {
  const { reply = "done", ...more } = changes;
  const usage = usageOf({ input_tokens: 20, output_tokens: 5 });
  const transcript = { output: reply, messages, usage, latency_ms: 900, cost_usd: 0.002 };
  return {
    ...{ run: HEADER.id, suite: HEADER.suite, case: "late", trial: 1, input: { q: "where?" } },
    ...{ expected: "done", outcome: "answered", error: null, message: null, output: reply, pass: true },
    ...{ model: "gpt-4.1-2025-04-14", usage, latency_ms: 900, cost_usd: 0.002, tags: ["vip"] },
    ...{ finish_reason: "stop", at: "2026-03-01T12:00:05.000Z", voids: {} },
    scores: { right: { score: 1, pass: true, reason: "equal" } },
    transcript: describeTranscript({
      ...transcript,
      tool_calls: conversationSteps(messages).tool_calls,
      finish_reason: "stop",
    }),
    ...more,
  };
}
