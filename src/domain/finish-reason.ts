/** How an answer ended, according to the provider's finish reason. */
export type AnswerEnd =
  /** The model finished the answer. */
  | "whole"
  /** The token limit or the context length truncated the answer. */
  | "cut"
  /** A filter refused the answer, or the model signalled that it refuses. */
  | "refused"
  /** The provider failed during the answer, so there is no answer, even if some text arrived. */
  | "failed";

const ENDS: Readonly<Record<Exclude<AnswerEnd, "whole">, readonly string[]>> = {
  cut: [
    ...["length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_length", "token_limit"],
    ...["model_length", "context_length", "model_context_window_exceeded", "context_window_exceeded"],
    ...["context_length_exceeded", "incomplete"],
  ],
  refused: [
    ...["content_filter", "content_filtered", "refusal", "safety", "sensitive", "blocklist", "spii"],
    ...["prohibited_content", "image_safety", "guardrail_intervened", "content_policy_violation"],
  ],
  failed: [
    ...["error", "failed", "failure", "abort", "aborted", "cancelled", "canceled", "network_error"],
    ...["server_error", "internal_error", "insufficient_system_resource", "timeout", "expired"],
    ...["malformed_function_call", "unexpected_tool_call", "too_many_tool_calls", "malformed_response"],
    // The answer of a background request is not ready yet.
    ...["in_progress", "queued"],
  ],
};

const BY_WORD: ReadonlyMap<string, AnswerEnd> = new Map(
  Object.entries(ENDS).flatMap(([end, words]) => words.map((word) => [word, end as AnswerEnd])),
);

/** All finish reasons that mean `end`, normalized as by `wordOfEnd`. */
export function wordsOfEnd(end: Exclude<AnswerEnd, "whole">): readonly string[] {
  return ENDS[end];
}

/** Normalizes a finish reason: `MAX_TOKENS` and `max-tokens` become `max_tokens`. */
export function wordOfEnd(reason: string): string {
  return reason
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

/** How an answer ended, by the finish reason of any API; null and unknown words mean a complete answer. */
export function answerEnd(finishReason: string | null | undefined): AnswerEnd {
  // Fast path for the most common value, because several readers check every answer.
  if (finishReason == null || finishReason === "stop") return "whole";
  return BY_WORD.get(finishReason) ?? BY_WORD.get(wordOfEnd(finishReason)) ?? "whole";
}

/** Whether a finish reason says that the reply ends in a tool call. */
export function endsInCall(finishReason: string | null | undefined): boolean {
  return /^(?:tool_calls?|tool_use|function_call)$/.test(wordOfEnd(finishReason ?? ""));
}
