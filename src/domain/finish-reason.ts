/** What a provider's word for the end of an answer says of the answer. */
export type AnswerEnd =
  /** The model ended it. */
  | "whole"
  /** The limit on tokens, or the model's context, ended it. */
  | "cut"
  /** A filter, or the model by a signal of its own, refused. */
  | "refused"
  /** The provider broke down on the way: there is no answer, whatever text came along. */
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
    // The answer of a request in the background that is not there yet.
    ...["in_progress", "queued"],
  ],
};

const BY_WORD: ReadonlyMap<string, AnswerEnd> = new Map(
  Object.entries(ENDS).flatMap(([end, words]) => words.map((word) => [word, end as AnswerEnd])),
);

/** The words that stand for an end, as `wordOfEnd` writes them. */
export function wordsOfEnd(end: Exclude<AnswerEnd, "whole">): readonly string[] {
  return ENDS[end];
}

/** A finish reason in the form that the words above have: `MAX_TOKENS` and `max-tokens` are `max_tokens`. */
export function wordOfEnd(reason: string): string {
  return reason
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

/** How an answer ended, by the finish reason of any API; null and words that nobody knows are a whole answer. */
export function answerEnd(finishReason: string | null | undefined): AnswerEnd {
  // The usual word first: every answer is looked at by several.
  if (finishReason == null || finishReason === "stop") return "whole";
  return BY_WORD.get(finishReason) ?? BY_WORD.get(wordOfEnd(finishReason)) ?? "whole";
}
