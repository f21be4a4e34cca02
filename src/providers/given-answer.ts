import { exactJsonText, parseExactJson } from "../domain/exact-json.ts";
import { answerEnd } from "../domain/finish-reason.ts";
import type { AnsweredReply, FailedReply, Reply } from "../domain/provider.ts";
import { isStated, ownFailure } from "../domain/stated-error.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { type KnownUsage, USAGE_FIELDS, usageOf } from "../domain/transcript.ts";
import { isBareError } from "./bare-error.ts";
import { countOf, membersOf, toolCallsOf } from "./chat-shapes.ts";
import {
  CONVERSATION_FORMS,
  type Conversation,
  readConversation,
  type TraceReader,
} from "./conversation-shapes.ts";
import { errorWordsOf } from "./error-words.ts";
import { malformedReply, oneLine } from "./failed-reply.ts";
import { isToolCallList, TRAJECTORY_MEMBERS, trajectoryOf } from "./given-trajectory.ts";

type Members = Readonly<Record<string, unknown>>;

function isCount(value: unknown): boolean {
  return value == null || countOf(value) !== null;
}

function isAmount(value: unknown): boolean {
  return value == null || (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY);
}

const isText = (value: unknown) => value == null || typeof value === "string";

function isUsage(value: unknown): boolean {
  if (value == null) return true;
  const usage = membersOf(value);
  return usage !== undefined && USAGE_FIELDS.every((field) => isCount(usage[field]));
}

const MEMBERS: readonly (readonly [
  name: string,
  valid: (value: unknown, readTrace: TraceReader | null) => boolean,
  expected: string,
])[] = [
  ["usage", isUsage, `{${USAGE_FIELDS.join(", ")}}, each a count or null`],
  ["latency_ms", isAmount, "a number of milliseconds, not below 0"],
  ["cost_usd", isAmount, "a number of US dollars, not below 0"],
  ["model", isText, "text"],
  ["finish_reason", isText, "text"],
  ["refusal", isText, "text"],
  [
    "messages",
    (value, readTrace) => value == null || readConversation(value, readTrace) !== undefined,
    CONVERSATION_FORMS,
  ],
  [
    "tool_calls",
    (value) => value == null || isToolCallList(value),
    "a list of {name, arguments}, each with its step, result, error and latency_ms where they are known",
  ],
  ...TRAJECTORY_MEMBERS,
];

/** The names of the members of an answer beside `output` and what says that it failed. */
export const ANSWER_MEMBERS: readonly string[] = [...MEMBERS.map(([name]) => name), "state"];

/** A member of an answer that has the wrong type. */
export interface WrongMember {
  readonly name: string;
  readonly expected: string;
}

/**
 * The members of an answer that have the wrong type. `output` is not checked, and unknown members are ignored.
 *
 * @param readTrace null when the answer's `messages` are known to be no trace
 */
export function wrongMembers(answer: Members, readTrace: TraceReader | null): readonly WrongMember[] {
  const wrong: WrongMember[] = [];
  for (const [name, valid, expected] of MEMBERS) {
    if (answer[name] !== undefined && !valid(answer[name], readTrace)) wrong.push({ name, expected });
  }
  return wrong;
}

function has(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Adds the trajectory found in a trace; the answer's own members have priority. */
function withTraced(given: Trajectory | undefined, traced: Conversation | undefined): Trajectory | undefined {
  const { retrievals, steps, agents, unread = [] } = traced ?? {};
  if ([retrievals, steps, agents].every((one) => one === undefined) && unread.length === 0) return given;
  return {
    ...(agents !== undefined && { agents }),
    ...(retrievals !== undefined && { retrievals }),
    ...(steps !== undefined && { steps }),
    ...(unread.length > 0 && { unread }),
    ...given,
  };
}

/** Builds an answer from members of the right types. Members that were not given stay unknown. */
function answerFrom(answer: Members, output: string, readTrace: TraceReader | null): AnsweredReply {
  const { messages, tool_calls, latency_ms, cost_usd, model, finish_reason, refusal } = answer;
  const traced = has(messages) ? readConversation(messages, readTrace) : undefined;
  const usage = (membersOf(answer.usage) as KnownUsage | undefined) ?? traced?.usage;
  const cost = has(cost_usd) ? (cost_usd as number) : traced?.cost_usd;
  const named = has(model) ? (model as string) : traced?.model;
  const trajectory = withTraced(trajectoryOf(answer), traced);
  return {
    kind: "answered",
    output,
    ...(traced !== undefined && { messages: traced.messages }),
    ...(has(tool_calls) && { tool_calls: toolCallsOf(tool_calls) }),
    ...(usage !== undefined && { usage: usageOf(usage) }),
    ...(has(latency_ms) && { latency_ms: latency_ms as number }),
    ...(cost !== undefined && { cost_usd: cost }),
    ...(named !== undefined && { model: named }),
    ...(has(finish_reason) && { finish_reason: finish_reason as string }),
    ...(refusal !== undefined && { refusal: refusal === "" ? null : (refusal as string | null) }),
    ...(trajectory !== undefined && { trajectory }),
  };
}

/** The usage and cost that an unusable answer reports, as far as they have the right types. */
function paidIn({ usage, cost_usd }: Members): Pick<FailedReply, "usage" | "cost_usd"> {
  return {
    ...(usage != null && isUsage(usage) && { usage: usageOf(usage as KnownUsage) }),
    ...(cost_usd != null && isAmount(cost_usd) && { cost_usd: cost_usd as number }),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Whether an answer explains its missing output: it failed, was refused, was truncated, or only calls tools. */
export function reportsWithoutOutput(answer: Members): boolean {
  const { error, refusal, tool_calls, finish_reason } = answer;
  if (isStated(error) || (typeof refusal === "string" && refusal !== "")) return true;
  if (Array.isArray(tool_calls) && tool_calls.length > 0) return true;
  return typeof finish_reason === "string" && answerEnd(finish_reason) !== "whole";
}

/**
 * Converts a checked answer to a reply. An output that is not text becomes its JSON. An answer that reports an
 * error is a failure, even if it has an output.
 *
 * @param who names the source in a message: "bot.py", "agents/bot.ts"
 * @param readTrace null when the answer's `messages` are known to be no trace
 * @param beside names of members that are notes and not part of the answer, for instance in an outputs file
 */
export function replyFrom(
  answer: Members,
  who: string,
  readTrace: TraceReader | null,
  beside: ReadonlySet<string> = NONE,
): Reply {
  const { error, output, finish_reason } = answer;
  if (isStated(error)) return givenFailure(answer, who, errorWordsOf({ error }).message);
  const failure = ownFailure(answer, beside);
  if (failure !== undefined) return givenFailure(answer, who, failureWords(answer) ?? failure);
  if (typeof finish_reason === "string" && answerEnd(finish_reason) === "failed")
    return givenFailure(answer, who, `finish reason ${finish_reason}`);
  if (typeof output === "string") return answerFrom(answer, output, readTrace);
  if (has(output)) return answerFrom(answer, exactJsonText(output), readTrace);
  if (reportsWithoutOutput(answer)) return answerFrom(answer, "", readTrace);
  return { ...malformedReply(`${who} gave null as its "output": there is no answer`), ...paidIn(answer) };
}

function failureWords({ errors, message }: Members): string | undefined {
  if (isStated(errors)) return errorWordsOf({ errors }).message;
  return typeof message === "string" && message !== "" ? message : undefined;
}

function givenFailure(answer: Members, who: string, explanation: string): FailedReply {
  const message = oneLine(`${who} says that it failed: ${explanation}`);
  return { kind: "failed", error: "provider", message, transient: false, ...paidIn(answer) };
}

/**
 * Marks a reply that was read from a file, so that it does not count as a call.
 *
 * @param reply created for this call; it is changed in place, because copying it would take longer than reading it
 */
export function recordedReply(reply: Reply): Reply {
  return reply.kind === "answered"
    ? Object.assign(reply, { recorded: true as const })
    : Object.assign(reply, { unsent: true as const });
}

/**
 * Reads the return value of a user's application: text, or an object with `output`.
 *
 * @param who names the source in a message: "bot.py", "agents/bot.ts"
 */
export function readGivenAnswer(given: unknown, who: string, readTrace: TraceReader): Reply {
  if (typeof given === "string") return { kind: "answered", output: given };
  const answer = membersOf(given);
  if (answer === undefined || (answer.output === undefined && !reportsWithoutOutput(answer))) {
    return {
      ...malformedReply(`${who} gave neither text nor an object with "output"`),
      ...paidIn(answer ?? {}),
    };
  }
  const [wrong] = wrongMembers(answer, readTrace);
  if (wrong !== undefined)
    return { ...malformedReply(`${who}: "${wrong.name}" is not ${wrong.expected}`), ...paidIn(answer) };
  return replyFrom(answer, who, readTrace);
}

/**
 * Reads the output of a process. A JSON object with `output` is an answer, a JSON object that is only an error is a
 * failure, and anything else is the answer text. A process that writes nothing has not answered.
 */
export function readWrittenAnswer(text: string, who: string, readTrace: TraceReader): Reply {
  if (text === "")
    return malformedReply(`${who} wrote nothing; for an empty answer, write a line end or {"output": ""}`);
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    try {
      const value = membersOf(parseExactJson(trimmed));
      if (value !== undefined && (Object.hasOwn(value, "output") || isBareError(value)))
        return readGivenAnswer(value, who, readTrace);
    } catch {
      // Text that only starts like JSON is treated as text.
    }
  }
  return { kind: "answered", output: text.replace(/\r?\n$/, "") };
}
