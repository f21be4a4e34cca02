import { answerEnd } from "../domain/finish-reason.ts";
import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import type { AnsweredReply, FailedReply, Reply } from "../domain/provider.ts";
import { ERROR_NAMES, failureMember, isStated } from "../domain/stated-error.ts";
import { membersOf } from "./chat-shapes.ts";
import {
  type ErrorWords,
  errorEvent,
  errorWordsIn,
  errorWordsOf,
  isEventStream,
  isWebPage,
  wordsIn,
  wordsOfPage,
} from "./error-words.ts";
import { malformedReply, oneLine } from "./failed-reply.ts";
import { failureOfStatus } from "./refused-request.ts";

type Members = Readonly<Record<string, unknown>>;

const hasFailed = (word: unknown): boolean => typeof word === "string" && answerEnd(word) === "failed";

const list = (value: unknown): readonly (Members | undefined)[] =>
  Array.isArray(value) ? value.map(membersOf) : [];

/** The first error that is found in the items of a list; undefined for a value that is no list, or has none. */
function firstOf(items: unknown, errorOf: (item: Members | undefined) => unknown): unknown {
  if (!Array.isArray(items)) return undefined;
  for (const item of items) {
    const error = errorOf(membersOf(item));
    if (error !== undefined) return error;
  }
  return undefined;
}

/**
 * The error of one choice of a chat reply: the choice's own error, the error of its message, or only a finish
 * reason that means failure.
 */
function failureOfChoice(choice: Members | undefined): unknown {
  const message = membersOf(choice?.message);
  if (isStated(choice?.error)) return choice?.error;
  if (isStated(message?.error)) return message?.error;
  // OpenRouter keeps the upstream provider's own word beside the one that it made of it.
  const end = [choice?.finish_reason, choice?.native_finish_reason].find(hasFailed);
  return end === undefined ? undefined : { message: `finish reason ${end}` };
}

/**
 * The error of an item of the responses API, or of a content block of Anthropic. The error of a tool's result is left
 * out, because it is no failure of the reply.
 */
function failureOfPart(part: Members | undefined): unknown {
  if (part?.type === "error") return part.error ?? part;
  if (part?.type !== "message") return undefined;
  if (isStated(part.error)) return part.error;
  return part.status === "failed" ? { message: "one of its messages failed" } : undefined;
}

/** The error that the reply of a chat API or other service reports; undefined when there is none. */
function errorIn(body: unknown, asked: ReadonlySet<string>): unknown {
  if (Array.isArray(body)) return body.map(membersOf).find((one) => isStated(one?.error))?.error;
  const reply = membersOf(body);
  if (reply === undefined) return undefined;
  if (isStated(reply.error)) return withCode(reply.error, reply);
  if (isStated(reply.errors)) return { errors: reply.errors };
  if (reply.object === "error" || reply.type === "error") return reply;
  const base = membersOf(reply.base_resp);
  if (typeof base?.status_code === "number" && base.status_code !== 0) return base;
  const error =
    firstOf(reply.choices, failureOfChoice) ??
    firstOf(reply.output, failureOfPart) ??
    firstOf(reply.content, failureOfPart);
  if (error !== undefined) return error;
  // In a chat reply a code is no data: one beside the choices tells of the reply itself.
  if (Array.isArray(reply.choices) && Number(reply.code) >= 400 && Number(reply.code) < 600)
    return { code: reply.code, message: reply.message ?? reply.msg ?? `code ${reply.code}` };
  const end = reply.stop_reason ?? membersOf(reply.incomplete_details)?.reason;
  if (hasFailed(end)) return { message: `stop reason ${end}` };
  return failureOfState(reply, asked);
}

/**
 * The error of a reply that reports its own failure by any other member, such as `success: false`, `status: failed`,
 * `errorMessage`, or by an unfinished status of the responses API; undefined for any other reply.
 */
function failureOfState(reply: Members, asked: ReadonlySet<string>): unknown {
  const { status } = reply;
  const isResponse = reply.object === "response" || Array.isArray(reply.output);
  const failed =
    isResponse && hasFailed(status) ? { name: "status", value: status } : failureMember(reply, asked);
  if (failed === undefined) return undefined;
  const { name, value } = failed;
  if (ERROR_NAMES.has(name))
    return Object.fromEntries(
      Object.entries(reply).filter(([one]) => ERROR_NAMES.has(one) || one === "code" || one === "errorType"),
    );
  const text = [reply.message, reply.detail, reply.reason].find(
    (words) => typeof words === "string" && words !== "",
  );
  const words = name === "status" ? `its status is ${value}` : `${name} is ${JSON.stringify(value)}`;
  return { message: text ?? words, ...(typeof value === "number" && { code: value }) };
}

/**
 * Adds the members beside an error to the error, if the error is only a string: for instance in `{"error": "Bad
 * Request", "code": 400, "message": …}`.
 */
function withCode(error: unknown, { code, status, message, detail }: Members): unknown {
  return membersOf(error) === undefined ? { error, code, status, message, detail } : error;
}

/** The HTTP status that corresponds to the codes of an error; 502 (retried) for unknown codes. */
function statusOf({ codes }: ErrorWords): number {
  const numeric = codes.map(Number).find((code) => code >= 400 && code < 600);
  if (numeric !== undefined) return numeric;
  const words = codes.join(" ").toLowerCase();
  if (/rate_?limit|too_?many|insufficient_quota|resource_exhausted/.test(words)) return 429;
  if (/authentication|invalid_api_key|unauthorized/.test(words)) return 401;
  if (/not_found/.test(words)) return 404;
  if (/invalid_request|bad_?request|invalid_prompt|context_length/.test(words)) return 400;
  return 502;
}

/** Error codes for content that a provider's filter blocked, letters only. */
const FILTERS = new Set([
  ...["contentfilter", "contentfiltered", "contentfiltererror", "responsibleaipolicyviolation"],
  ...["contentpolicyviolation", "moderationblocked", "datainspectionfailed", "prohibitedcontent"],
  ...["promptblocked", "blockedbycontentfilter", "guardrailintervened", "contentmoderation", "safety"],
  ...[
    "guardrailblocked",
    "contentpolicy",
    "contentpolicyviolationerror",
    "contentsafety",
    "sensitivecontent",
  ],
]);

/** Texts of providers and gateways for blocked content. */
const FILTER_WORDS =
  /blocked by (?:\w+ ){0,2}?(?:content (?:filter(?:s|ing)?|policy|moderation)|moderation|guardrails?|safety (?:system|filter)s?)\b|prompt was flagged as potentially violating|content exists risk|ContentPolicyViolation/i;

/** Texts of a provider that answers this customer nothing more, whatever the prompt. */
const CUSTOMER_BLOCKED =
  /\b(?:account|key|organi[sz]ation|project|user|customer|ip|access)\b(?: (?:address|id|\S*\d\S*))?(?: has| have)? (?:is|was|are|were|been|be) (?:\w+ )?blocked by/i;

function isFilter(stated: ErrorWords, body: unknown): boolean {
  if (stated.codes.some((code) => FILTERS.has(code.toLowerCase().replace(/[^a-z]/g, "")))) return true;
  // When the error code says too little, the provider's fixed text is checked.
  const words = stated.message.slice(0, 2000);
  if (FILTER_WORDS.test(words) && !CUSTOMER_BLOCKED.test(words)) return true;
  // Zhipu says whose words were blocked, and gives only a number as the code.
  if (Array.isArray(membersOf(body)?.contentFilter)) return true;
  const error = membersOf(membersOf(body)?.error);
  return membersOf(error?.metadata)?.flagged_input !== undefined;
}

/** A refusal by the provider's filter. It counts as an answer, because a retry returns the same. */
function refusedByFilter(stated: ErrorWords, raw: string, redact: (text: string) => string): AnsweredReply {
  return {
    kind: "answered",
    output: "",
    tool_calls: [],
    finish_reason: "content_filter",
    refusal: oneLine(redact(stated.message)) || "the provider's filter refused the prompt",
    raw,
  };
}

const FILTERING_STATUSES: readonly number[] = [400, 403, 422, 451];

/**
 * The filter's refusal in a reply with an error status; undefined for any other error. @param body with secrets removed
 */
export function refusedPrompt(
  status: number,
  body: string,
  redact: (text: string) => string,
): AnsweredReply | undefined {
  if (!FILTERING_STATUSES.includes(status)) return undefined;
  const stated = errorWordsIn(body);
  return isFilter(stated, parsed(body)) ? refusedByFilter(stated, body, redact) : undefined;
}

function parsed(text: string): unknown {
  if (isDeeperThan(text, MAX_NESTED)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Google's reason for blocking a prompt; undefined when it was not blocked. A blocked prompt gets no answer. */
function blockReason(body: unknown): string | undefined {
  const reply = membersOf(body);
  const feedback = membersOf(reply?.promptFeedback ?? reply?.prompt_feedback);
  const reason = feedback?.blockReason ?? feedback?.block_reason;
  return typeof reason === "string" ? reason : undefined;
}

/** The finish reason of the first choice, or of Google's first candidate. */
function finishIn(body: unknown): string | undefined {
  const reply = membersOf(body);
  const first = list(reply?.choices)[0] ?? list(reply?.candidates)[0];
  const reason = first?.finish_reason ?? first?.finishReason ?? reply?.stop_reason;
  return typeof reason === "string" ? reason : undefined;
}

/**
 * The refusal in a chat reply without an answer: the model's own text or the filter's finish reason; undefined when
 * there is none.
 */
export function refusalInstead(body: unknown, { raw, redact }: StatedIn): AnsweredReply | undefined {
  const message = membersOf(list(membersOf(body)?.choices)[0]?.message);
  const refusal = message?.refusal;
  const finish = finishIn(body);
  if (typeof refusal === "string" && refusal !== "")
    return { kind: "answered", output: "", refusal, ...(finish && { finish_reason: finish }), raw };
  if (answerEnd(finish) !== "refused") return undefined;
  return refusedByFilter({ message: `refused: ${finish}`, code: "", codes: [] }, raw, redact);
}

/** The text of a body without an answer, to be added to the error message; empty when the body has none. */
export function describeInstead(body: unknown, redact: (text: string) => string): string {
  const words = wordsIn(body);
  return words === undefined ? "" : `; it says: ${redact(words)}`;
}

/**
 * A body that came with a success status: its text, where it came from, and how to remove keys from a message.
 */
export interface StatedIn {
  /** The body as received, with secrets removed. */
  readonly raw: string;
  /** Host and path for the message. */
  readonly where: string;
  readonly redact: (text: string) => string;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The failure or filter refusal that a reply reports in any known place, whatever else it contains; undefined for a
 * normal reply.
 *
 * @param asked names of members that are read as data, so they are not a status of the reply
 */
export function statedFailure(
  body: unknown,
  { raw, where, redact }: StatedIn,
  asked: ReadonlySet<string> = NONE,
): Reply | undefined {
  const error = errorIn(body, asked);
  if (error === undefined) {
    const blocked = blockReason(body);
    if (blocked === undefined || list(membersOf(body)?.choices).length > 0) return undefined;
    return refusedByFilter(
      { message: `the prompt was blocked: ${blocked}`, code: "", codes: [] },
      raw,
      redact,
    );
  }
  const stated = errorWordsOf(error);
  if (isFilter(stated, { error })) return refusedByFilter(stated, raw, redact);
  return failureFromWords(stated, where, redact);
}

/** The failure of a reply that came with a success status and states an error. */
export function failureFromWords(
  stated: ErrorWords,
  where: string,
  redact: (text: string) => string,
): FailedReply {
  const status = statusOf(stated);
  const sorted = failureOfStatus({
    status,
    header: () => null,
    body: JSON.stringify({ error: { message: stated.message, code: stated.code } }),
    where,
    redact,
    now: 0,
  });
  const code = stated.codes.includes(String(status)) ? ` (${status})` : "";
  return {
    ...sorted,
    message: oneLine(redact(`the reply of ${where} says that it failed${code}: ${stated.message}`)),
  };
}

const SHOWN = 120;

/** The failure for a reply that should be JSON and is not, quoting its message or its start. */
export function notJson(
  text: string,
  contentType: string,
  where: string,
  redact: (text: string) => string,
): FailedReply {
  const beginning = oneLine(redact(text.slice(0, 4 * SHOWN))).slice(0, SHOWN);
  if (isEventStream(text, contentType)) {
    const error = errorEvent(text);
    if (error !== undefined) return failureFromWords(errorWordsOf(error), where, redact);
    return malformedReply(
      `the reply of ${where} is not JSON but an event stream, which was not requested; it begins: ${beginning}`,
    );
  }
  if (text.trim() === "") return malformedReply(`the reply of ${where} is empty, not JSON`);
  if (!isWebPage(text)) return malformedReply(`the reply of ${where} is not JSON; it begins: ${beginning}`);
  const words = redact(wordsOfPage(text)).trim().slice(0, SHOWN);
  return malformedReply(`the reply of ${where} is a web page${words === "" ? "" : ` (${words})`}, not JSON`);
}
