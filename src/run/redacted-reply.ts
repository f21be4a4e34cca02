import type { AnsweredReply, Reply } from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";

/**
 * A reply in the form that may be stored: its texts are redacted before anything else is done with them. The
 * redacted reply also carries the original texts, for scorers that need them.
 */
export function redactedReply(reply: Reply, redaction: Redaction): Reply {
  return reply.kind === "failed"
    ? { ...reply, message: redaction.text(reply.message) }
    : redactedAnswer(reply, redaction);
}

/** Redacts an answer. @returns an answer whose `unredacted` has the original texts */
export function redactedAnswer(reply: AnsweredReply, redaction: Redaction): AnsweredReply {
  const { output, messages, tool_calls, refusal, trajectory } = reply;
  const parts = { output, messages, tool_calls, refusal, trajectory };
  return {
    ...reply,
    ...redaction.value(parts),
    unredacted: parts,
    ...(reply.raw === undefined ? {} : { raw: redaction.body(reply.raw) }),
    ...(reply.model == null ? {} : { model: redaction.text(reply.model) }),
    ...(reply.finish_reason == null ? {} : { finish_reason: redaction.text(reply.finish_reason) }),
  };
}
