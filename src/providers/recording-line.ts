import type { AnsweredReply } from "../domain/provider.ts";
import { type Usage, unreportedBy } from "../domain/transcript.ts";

/** The key of a line in a recording. */
export interface RecordingKey {
  readonly case: string;
  /** SHA-256 of the request's canonical JSON. */
  readonly request: string;
  /** Number of the trial, from 1. */
  readonly trial: number;
}

/** Formats one recorded answer as a JSON line without line end. Headers, raw body and price are not included. */
export function recordingLine(key: RecordingKey, reply: AnsweredReply): string {
  const {
    output,
    messages,
    tool_calls,
    usage,
    latency_ms,
    model,
    finish_reason,
    refusal,
    cost_usd,
    fallback,
    trajectory,
  } = reply;
  const untold = reply.untold ?? unreportedBy(reply);
  return JSON.stringify({
    case: key.case,
    trial: key.trial,
    request: key.request,
    output,
    usage: usage && writtenUsage(usage),
    latency_ms: latency_ms ?? undefined,
    cost_usd: cost_usd ?? undefined,
    model: model ?? undefined,
    fallback: fallback?.alias,
    finish_reason: finish_reason ?? undefined,
    refusal: refusal ?? undefined,
    messages: messages?.length ? messages : undefined,
    tool_calls: tool_calls?.length ? tool_calls : undefined,
    untold: untold.length > 0 ? untold : undefined,
    ...trajectory,
  });
}

/**
 * The usage as it is written in a line. Input and output tokens are always in it, other counts only when known,
 * so that the lines of older recordings keep their text.
 */
function writtenUsage({ input_tokens, output_tokens, ...parts }: Usage): object {
  const known = Object.entries(parts).filter(([, count]) => count !== null);
  return { input_tokens, output_tokens, ...Object.fromEntries(known) };
}

/** The key of a line; undefined when the line is not from a recording. */
export function recordingKey(
  members: Readonly<Record<string, unknown>> | undefined,
): RecordingKey | undefined {
  if (typeof members?.case !== "string" || typeof members.request !== "string") return undefined;
  if (!Number.isInteger(members.trial) || members.output === undefined) return undefined;
  return { case: members.case, request: members.request, trial: members.trial as number };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Compares by case, request and trial. Recordings in this order merge well in git, and their diffs stay short.
 */
export function compareKeys(a: RecordingKey, b: RecordingKey): number {
  return compareText(a.case, b.case) || compareText(a.request, b.request) || a.trial - b.trial;
}
