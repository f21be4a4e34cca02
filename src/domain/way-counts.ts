import { describeTranscript } from "./describe-transcript.ts";
import { type Transcript, toolCallCount } from "./transcript.ts";

/** Counts of an answer's trajectory; null when the answer does not report them. */
export interface WayCounts {
  /** Number of model calls. */
  readonly steps: number | null;
  /** Number of user messages. */
  readonly turns: number | null;
  /** Number of failed tool calls. */
  readonly failed_calls: number | null;
  /** Whether a limit stopped the target before it was done. */
  readonly stopped: boolean | null;
}

type Counted = Pick<Transcript, "messages" | "tool_calls" | "trajectory" | "finish_reason" | "untold">;

/** Whether an answer is more than one question and one reply, so that the counts must be read from its transcript. */
export function hasWay({ messages, tool_calls, trajectory }: Omit<Counted, "finish_reason">): boolean {
  return messages.length > 0 || trajectory !== undefined || tool_calls.some(({ error }) => error != null);
}

/** The counts for a single model call. */
export function plainWay(finishReason: string | null, toolCalls: number | null): WayCounts {
  const one = finishReason === null ? null : 1;
  return { steps: one, turns: one, failed_calls: toolCalls === null ? null : 0, stopped: false };
}

/** The counts of an answer's trajectory. */
export function wayCounts(transcript: Transcript): WayCounts {
  if (!hasWay(transcript)) return plainWay(transcript.finish_reason, toolCallCount(transcript));
  const { steps, turns, tool_calls, stopped } = describeTranscript(transcript);
  return {
    steps,
    turns,
    failed_calls: tool_calls === null ? null : tool_calls.filter(({ error }) => error !== null).length,
    stopped: stopped !== null,
  };
}
