import type { AnsweredReply, Reply } from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";

/** A reply as it may be kept: its texts are redacted before anything is made of them. The unredacted reply stays beside it, for scorers that ask for it. */
export function redactedReply(reply: Reply, redaction: Redaction): Reply {
  return reply.kind === "failed"
    ? { ...reply, message: redaction.text(reply.message) }
    : redactedAnswer(reply, redaction);
}

/** @returns an answer whose `unredacted` has the texts that it had */
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
