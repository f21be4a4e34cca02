import { exactJsonText, parseExactJson } from "../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import type { AnsweredReply, Reply } from "../domain/provider.ts";
import { failureMember, OUTCOME_NAMES } from "../domain/stated-error.ts";
import { TookTooLong } from "../domain/time-limit.ts";
import { type KnownUsage, USAGE_FIELDS, type Usage, usageOf } from "../domain/transcript.ts";
import { isBareError } from "./bare-error.ts";
import { countOf, membersOf, toolCallsOf } from "./chat-shapes.ts";
import {
  CONVERSATION_FORMS,
  loadTraceReader,
  readConversation,
  type TraceReader,
} from "./conversation-shapes.ts";
import { errorWordsOf } from "./error-words.ts";
import { malformedReply } from "./failed-reply.ts";
import { compileJsonPath, type JsonGetter, type ObjectOnPath, objectsOnPath } from "./json-path.ts";
import {
  describeInstead,
  failureFromWords,
  notJson,
  refusalInstead,
  statedFailure,
} from "./stated-failure.ts";
import { usageOfCounts } from "./usage-shapes.ts";

/** The settings of an http model that locate values in its replies, as JSONPaths. */
export interface ReplySettings {
  readonly answer?: string | undefined;
  readonly usage?: { readonly [field in keyof Usage]?: string | undefined } | undefined;
  readonly messages?: string | undefined;
  readonly tool_calls?: string | undefined;
  readonly cost_usd?: string | undefined;
}

/** The compiled paths for each value in a reply. */
export interface ReplyPaths {
  /** Whether any path is set, so that replies are parsed as JSON. Only `answer` requires a reply to be JSON. */
  readonly readsJson: boolean;
  /** Whether usage or cost is read from the reply. */
  readonly readsPaid: boolean;
  readonly answer: JsonGetter | undefined;
  /** The objects around the answer; empty when no simple path is set. */
  readonly aroundAnswer: (body: unknown) => readonly ObjectOnPath[];
  readonly usage: { readonly [field in keyof Usage]?: JsonGetter | undefined };
  readonly messages: JsonGetter | undefined;
  /** Null when `messages` is undefined. */
  readonly readTrace: TraceReader | null;
  readonly tool_calls: JsonGetter | undefined;
  readonly cost_usd: JsonGetter | undefined;
}

export async function compilePaths(settings: ReplySettings): Promise<ReplyPaths> {
  const compile = async (path: string | undefined, ...at: string[]) =>
    path === undefined ? undefined : compileJsonPath(path, at);
  const usage: { -readonly [field in keyof Usage]?: JsonGetter | undefined } = {};
  for (const field of USAGE_FIELDS) usage[field] = await compile(settings.usage?.[field], "usage", field);
  const paths = {
    answer: await compile(settings.answer, "answer"),
    messages: await compile(settings.messages, "messages"),
    tool_calls: await compile(settings.tool_calls, "tool_calls"),
    cost_usd: await compile(settings.cost_usd, "cost_usd"),
  };
  const isThere = (path: JsonGetter | undefined): boolean => path !== undefined;
  const readsPaid = [paths.cost_usd, ...Object.values(usage)].some(isThere);
  const aroundAnswer = objectsOnPath(settings.answer ?? "");
  return {
    ...paths,
    readTrace: paths.messages === undefined ? null : await loadTraceReader(),
    aroundAnswer,
    usage,
    readsPaid,
    readsJson: readsPaid || Object.values(paths).some(isThere),
  };
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

const MAX_KEYS = 8;

/** Names the keys that the reply has, to help correct a wrong path. Values are never shown. */
function keysText(body: unknown): string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "";
  const keys = Object.keys(body);
  if (keys.length === 0) return ", which is empty";
  const more = keys.length > MAX_KEYS ? ", …" : "";
  return `, which has ${keys
    .slice(0, MAX_KEYS)
    .map((key) => JSON.stringify(key.slice(0, 40)))
    .join(", ")}${more}`;
}

/** The usage and cost of a reply. */
interface Paid {
  readonly usage?: Usage;
  readonly cost_usd?: number;
}

const NOTHING_REPORTED: Paid = {};

/** The usage and cost that the reply reports, whether or not it contains an answer. */
export function paidIn(body: unknown, paths: ReplyPaths): Paid {
  if (!paths.readsPaid) return NOTHING_REPORTED;
  const counts: KnownUsage = {};
  for (const field of USAGE_FIELDS) counts[field] = countOf(paths.usage[field]?.(body));
  const usage = usageOfCounts(usageOf(counts));
  const cost = paths.cost_usd?.(body);
  return {
    ...(usage !== undefined && { usage }),
    ...(typeof cost === "number" && cost >= 0 && Number.isFinite(cost) && { cost_usd: cost }),
  };
}

/** The usage and cost in a reply with an error status. */
export function paidInRefusal(text: string, paths: ReplyPaths): Paid {
  if (!paths.readsPaid || isDeeperThan(text, MAX_NESTED)) return NOTHING_REPORTED;
  try {
    return paidIn(parseOrUndefined(text), paths);
  } catch (error) {
    if (error instanceof TookTooLong) return NOTHING_REPORTED;
    throw error;
  }
}

/** The body of a reply, and what is needed to read it and to write messages about it. */
export interface Received {
  /** Text of the body, with secrets removed. */
  readonly text: string;
  readonly contentType: string;
  /** Host and path of the service, for messages. */
  readonly where: string;
  /** Removes secrets from a message. */
  readonly redact: (text: string) => string;
}

/**
 * Matches an answer path that points into the error object. With such a path, an error is the answer and no failure.
 */
const ASKS_FOR_ERROR = /^\$(?:\.|\[["'])errors?\b/;

/**
 * The failure that a reply reports, whatever else it contains; undefined when it reports none. When the whole reply
 * is the answer, only an object that is nothing but an error counts as a failure.
 */
function failureIn(
  body: unknown,
  settings: ReplySettings,
  paths: ReplyPaths,
  received: Received,
): Reply | undefined {
  const { answer } = settings;
  const { text: raw, where, redact } = received;
  if (answer === undefined) {
    const members = membersOf(body);
    if (members === undefined || !isBareError(members)) return undefined;
  } else if (ASKS_FOR_ERROR.test(answer)) return undefined;
  const around = paths.aroundAnswer(body);
  const read = new Set(around.slice(0, 1).map(({ asked }) => asked));
  const stated = statedFailure(body, { raw, where, redact }, read);
  if (stated !== undefined) return stated;
  for (const { members, asked } of around.slice(1)) {
    // A status of such an object may be data, for instance that of an order.
    const failed = failureMember(members, new Set([asked, "status", "failed"]));
    if (failed === undefined) continue;
    const words = OUTCOME_NAMES.has(failed.name)
      ? { message: `${failed.name} is ${JSON.stringify(failed.value)}` }
      : { error: failed.value };
    return failureFromWords(errorWordsOf(words), where, redact);
  }
  return undefined;
}

/** Evaluates the paths with a time limit, because a path with filters could run forever on a malicious reply. */
export function readInTime(received: Received, paths: ReplyPaths, settings: ReplySettings): Reply {
  try {
    return readReply(received, paths, settings);
  } catch (error) {
    if (error instanceof TookTooLong) return malformedReply(`${error.message} on the reply`);
    throw error;
  }
}

function readReply(received: Received, paths: ReplyPaths, settings: ReplySettings): Reply {
  const { text, contentType, where, redact } = received;
  const asksJson = paths.readsJson;
  if (asksJson && isDeeperThan(text, MAX_NESTED))
    return malformedReply(`the reply is nested more than ${MAX_NESTED} levels deep`);
  const isJson = asksJson || (text.trimStart().startsWith("{") && !isDeeperThan(text, MAX_NESTED));
  const body = isJson ? parseOrUndefined(text) : undefined;
  if (paths.answer !== undefined && body === undefined) return notJson(text, contentType, where, redact);
  const paid = paidIn(body, paths);
  const failed = failureIn(body, settings, paths, received);
  if (failed !== undefined) return { ...failed, ...paid };
  const unusable = (words: string): Reply => ({ ...malformedReply(words), ...paid });
  if (paths.answer === undefined && text === "") return unusable(`the reply of ${where} is empty`);
  const found = paths.answer === undefined ? text : paths.answer(body);
  if (found === undefined || found === null) {
    const refused = refusalInstead(body, { raw: text, where, redact });
    if (refused !== undefined) return { ...refused, ...paid };
    return unusable(
      `${found === null ? "null" : "nothing"} is at ${settings.answer} in the reply${keysText(body)}${describeInstead(body, redact)}`,
    );
  }
  const beside = besideAnswer(body, paths, settings);
  if (typeof beside === "string") return unusable(beside);
  return {
    kind: "answered",
    output: typeof found === "string" ? found : exactJsonText(found),
    ...beside,
    ...paid,
    raw: text,
  };
}

/**
 * Reads the conversation and tool calls at the configured paths; returns an error text when they have the wrong format.
 */
export function besideAnswer(
  body: unknown,
  paths: ReplyPaths,
  settings: ReplySettings,
): Pick<AnsweredReply, "messages" | "tool_calls"> | string {
  const conversation = paths.messages?.(body) ?? undefined;
  const messages = readConversation(conversation, paths.readTrace)?.messages;
  if (conversation !== undefined && messages === undefined)
    return `the value at ${settings.messages} in the reply is not ${CONVERSATION_FORMS}`;
  const called = paths.tool_calls?.(body) ?? undefined;
  const tool_calls = toolCallsOf(called);
  if (called !== undefined && tool_calls === undefined)
    return `the value at ${settings.tool_calls} in the reply is not a list of {name, arguments}`;
  return { messages, tool_calls };
}
