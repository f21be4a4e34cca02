import type { FailedReply } from "../domain/provider.ts";

/** A reply that arrived but cannot be used. It is not retried: a retry costs money and usually returns the same. */
export function malformedReply(message: string): FailedReply {
  return {
    kind: "failed",
    error: "malformed-reply",
    message: oneLine(message),
    transient: false,
    may_be_billed: true,
  };
}

/** Describes a refusal for which the provider gives only a finish reason. */
export function refusedBy(finishReason: string | null): string {
  return finishReason === null || finishReason === "refusal" ? "refused" : `refused: ${finishReason}`;
}

/**
 * The failure when environment variables that a model needs are not set. Every trial fails with it; nothing is sent.
 */
export function unsetVariables(names: readonly string[]): FailedReply {
  return {
    kind: "failed",
    error: "provider",
    message: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set in the environment or .env`,
    transient: false,
    fatal: true,
    unsent: true,
  };
}

/**
 * The failure for an aborted attempt: a timeout when the signal's reason is a `TimeoutError`; otherwise the run was
 * stopped, and the message says "cancelled".
 */
export function abortedReply(signal: AbortSignal): FailedReply {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === "TimeoutError"
    ? {
        kind: "failed",
        error: "timeout",
        message: oneLine(reason.message),
        transient: true,
        may_be_billed: true,
      }
    : { kind: "failed", error: "provider", message: "cancelled", transient: false, may_be_billed: true };
}

/** The failure for a call that was cancelled while it waited in the queue. */
export const WITHDRAWN: FailedReply = {
  kind: "failed",
  error: "provider",
  message: "cancelled",
  transient: false,
  unsent: true,
  withdrawn: true,
};

/** Formats a text as one line without control characters, at most 300 characters long. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** The failure for a reply that is empty, although its finish reason says that it calls a tool. */
export function callMissing(finishReason: string | null): FailedReply {
  return malformedReply(
    `the reply says that it calls a tool (finish reason ${finishReason}), but has neither a call nor text`,
  );
}
