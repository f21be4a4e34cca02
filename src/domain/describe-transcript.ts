import {
  type ConversationSteps,
  conversationSteps,
  retrievalOf,
  type UnmatchedResult,
} from "./conversation.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { Retrieval, Stopped } from "./trajectory.ts";
import { type Transcript, toolCallCount, type Usage } from "./transcript.ts";

/** A tool call with everything known about it. */
export interface ToolUse {
  readonly id?: string | undefined;
  /** Number of the model call that requested this tool call, from 1; null when unknown. */
  readonly step: number | null;
  readonly name: string;
  readonly arguments: Json;
  /** Null when unknown, or when the call failed. */
  readonly result: Json;
  readonly error: string | null;
  /** Milliseconds; null when it was not measured. */
  readonly latency_ms: number | null;
  /** True when the tool only reads; absent when it may write, or when that is unknown. */
  readonly reads?: boolean | undefined;
}

/** The whole transcript of a trial, for documents and scorers. Null means unknown. */
export interface TranscriptDocument {
  readonly output: string;
  /** The conversation: the messages of the request and all later messages. */
  readonly messages: readonly Message[];
  /** Null when it is unknown whether any tools were called. */
  readonly tool_calls: readonly ToolUse[] | null;
  readonly retrievals: readonly Retrieval[];
  readonly state: Json;
  /** Number of user messages. */
  readonly turns: number | null;
  /** Number of model calls. */
  readonly steps: number | null;
  readonly stopped: Stopped | null;
  readonly usage: Usage;
  readonly latency_ms: number | null;
  /** Descriptions of the parts of the conversation that could not be interpreted; absent when there are none. */
  readonly unread?: readonly string[] | undefined;
  /** For a streamed answer: milliseconds to its first part; absent for others. */
  readonly first_token_ms?: number | undefined;
  readonly cost_usd: number | null;
}

type DescribedAnswer = Pick<
  Transcript,
  "output" | "messages" | "tool_calls" | "usage" | "latency_ms" | "cost_usd"
> &
  Pick<Transcript, "finish_reason" | "untold" | "trajectory">;

const hasDetails = ({ step, result, error, latency_ms }: ToolCall): boolean =>
  step !== undefined || result !== undefined || error !== undefined || latency_ms !== undefined;

/**
 * Returns the calls in `listed`. Details that they lack come from `found`, if both lists name the same tools in
 * order.
 */
function joinedCalls(listed: readonly ToolCall[], found: readonly ToolCall[]): readonly ToolCall[] {
  const same = listed.length === found.length && listed.every(({ name }, at) => name === found[at]?.name);
  if (!same) return listed;
  return listed.map((call, at) => (hasDetails(call) ? { ...found[at], ...call } : (found[at] ?? call)));
}

/**
 * A call with null for unknown values. The two object literals avoid spreading: a transcript may have hundreds
 * of calls, and spreading each would take longer than scoring them.
 */
function toolUse(call: ToolCall): ToolUse {
  const { id, name, arguments: asked, reads } = call;
  const step = call.step ?? null;
  const error = call.error ?? null;
  const result = error === null ? (call.result ?? null) : null;
  const latency_ms = call.latency_ms ?? null;
  const use: ToolUse =
    id === undefined
      ? { step, name, arguments: asked, result, error, latency_ms }
      : { id, step, name, arguments: asked, result, error, latency_ms };
  return reads === true ? { ...use, reads } : use;
}

/** The reply of a single model call as a message. */
function replyMessage({ output, tool_calls }: DescribedAnswer): Message {
  const content = output === "" && tool_calls.length > 0 ? null : output;
  return { role: "assistant", content, ...(tool_calls.length > 0 && { tool_calls }) };
}

/** The conversation of an answer. @param asked the messages sent, for a single model call; empty when unknown */
export function wholeConversation(answer: DescribedAnswer, asked: readonly Message[]): readonly Message[] {
  if (answer.messages.length > 0 || asked.length === 0) return answer.messages;
  return [...asked, replyMessage(answer)];
}

/** The steps of an answer: read from its conversation or, for a single model call, from the answer itself. */
function reportedSteps(answer: DescribedAnswer, conversation: readonly Message[]): ConversationSteps {
  if (conversation.length > 0) return conversationSteps(conversation);
  const once = answer.finish_reason !== null;
  const tool_calls = once ? answer.tool_calls.map((call) => ({ step: 1, ...call })) : answer.tool_calls;
  return {
    replies: once ? [{ step: 1, given: [], added: [] }] : [],
    turns: once ? 1 : 0,
    tool_calls,
    retrievals: [],
    unmatched: [],
  };
}

/** The tool calls of an answer, with all details from the answer and from its conversation. */
export function detailedCalls(answer: DescribedAnswer): readonly ToolCall[] {
  return joinedCalls(answer.tool_calls, reportedSteps(answer, answer.messages).tool_calls);
}

/**
 * The retrievals that the answer lists; else those in the conversation; if there are none, those in the calls'
 * results.
 */
function retrievalsOf(
  { trajectory }: DescribedAnswer,
  reported: ConversationSteps,
  calls: readonly ToolCall[],
) {
  if (trajectory?.retrievals !== undefined) return trajectory.retrievals;
  if (reported.retrievals.length > 0) return reported.retrievals;
  return calls.flatMap((call) => retrievalOf(call) ?? []);
}

const described = new WeakMap<DescribedAnswer, TranscriptDocument>();

/**
 * Completes a transcript: values that the answer states are kept, and the others are read from its conversation. The
 * result is cached, unless messages are passed in `asked`.
 *
 * @param answer must not change afterwards
 * @param asked the messages sent, for a single model call; empty for an application, whose answer has a conversation
 */
export function describeTranscript(
  answer: DescribedAnswer,
  asked: readonly Message[] = [],
): TranscriptDocument {
  if (asked.length > 0) return readTranscript(answer, asked);
  const known = described.get(answer);
  if (known !== undefined) return known;
  const whole = readTranscript(answer, asked);
  described.set(answer, whole);
  return whole;
}

function unmatchedWords({ message, id }: UnmatchedResult): string {
  return `messages[${message}]: a tool result${id === undefined ? "" : ` with the id "${id}"`} that answers no call`;
}

function readTranscript(answer: DescribedAnswer, asked: readonly Message[]): TranscriptDocument {
  const { output, usage, latency_ms, cost_usd, trajectory } = answer;
  const messages = wholeConversation(answer, asked);
  const reported = reportedSteps(answer, messages);
  const calls = joinedCalls(answer.tool_calls, reported.tool_calls);
  const unread = [...(trajectory?.unread ?? []), ...reported.unmatched.map(unmatchedWords)];
  return {
    output,
    messages,
    tool_calls: toolCallCount(answer) === null ? null : calls.map(toolUse),
    retrievals: retrievalsOf(answer, reported, calls),
    state: trajectory?.state ?? null,
    turns: trajectory?.turns ?? (reported.turns > 0 ? reported.turns : null),
    steps: trajectory?.steps ?? (reported.replies.length > 0 ? reported.replies.length : null),
    stopped: trajectory?.stopped ?? null,
    usage,
    latency_ms,
    ...(unread.length > 0 && { unread }),
    ...(trajectory?.first_token_ms !== undefined && { first_token_ms: trajectory.first_token_ms }),
    cost_usd,
  };
}
