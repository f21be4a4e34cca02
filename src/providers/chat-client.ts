import { mayHoldFiles } from "../domain/attachment.ts";
import { parseExactJson } from "../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import type { Message } from "../domain/message.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { Client, PreparedRequest, Question, Reply, ReplyShape } from "../domain/provider.ts";
import type { ToolSpec } from "../domain/tool.ts";
import type { Usage } from "../domain/transcript.ts";
import { ChangedFile, withFileContents } from "./attached-parts.ts";
import { abortedReply, malformedReply, oneLine, unsetVariables } from "./failed-reply.ts";
import { causesOf, failureOfNetwork } from "./network-failure.ts";
import { redactor, secretRemover } from "./redact.ts";
import { failureOfStatus } from "./refused-request.ts";
import { withReportedLimits } from "./reported-limits.ts";
import { describeInstead, notJson, refusedPrompt, statedFailure } from "./stated-failure.ts";
import { usageOfBody } from "./usage-shapes.ts";

/** How one chat API represents requests and replies. */
export interface ChatWording {
  /**
   * Used instead of `request` for an API that takes a text and no messages (embeddings, moderation).
   *
   * @throws {SettingMistake}
   */
  prepare?(question: Question): PreparedRequest;
  request(messages: readonly Message[], reply?: ReplyShape, tools?: readonly ToolSpec[]): PreparedRequest;
  /**
   * Reads the answer in a reply. `usageIn` reads the usage, because failed replies report usage too.
   *
   * @param raw the body as text, which is kept with the answer
   */
  reply(body: unknown, raw: string): Reply;
  /**
   * Set for APIs whose reply has no output tokens (embeddings, moderation): all tokens of their replies are input
   * tokens.
   */
  readonly writes?: "nothing";
}

/** The connection to a chat API. */
export interface ChatTransport {
  /** Sends one request through the provider's SDK. */
  post(request: PreparedRequest, signal: AbortSignal): Promise<Response>;
  /** Host of the API, shown in messages. */
  readonly where: string;
  /** Host and path of the endpoint, shown in messages about a wrong address. */
  readonly address: string;
  readonly secrets: readonly (string | undefined)[];
  /** Environment variables that are needed but not set. Until all are set, requests can be prepared but not sent. */
  readonly unset: readonly string[];
  /** Absolute path of the project; attached files are read from here. */
  readonly root: string;
  close(): Promise<void>;
}

/**
 * The SDK's timeout in milliseconds: the longest delay that a timer supports, so that it never ends before our
 * own deadline.
 */
export const NO_SDK_TIMEOUT_MS = 2 ** 31 - 1;

/** A reply with an error status. Thrown inside `fetch`, so that errors of all SDKs are classified in one place. */
class RefusedByServer extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`refused with ${response.status}`);
    this.name = "RefusedByServer";
    this.response = response;
  }
}

/** Wraps fetch to throw on a status outside 200–299, because SDKs keep only part of an error body. */
export function refusing(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (target, init) => {
    const response = await fetch(target, init);
    if (!response.ok) throw new RefusedByServer(response);
    return response;
  };
}

/**
 * Whether the status means an unknown model or a wrong address or method. Every trial will then fail the same way, so
 * the failure is fatal and its message names the whole address.
 */
function isOfAddress(status: number): boolean {
  return status === 404 || status === 405 || status === 410 || (status >= 300 && status < 400);
}

/** What is known of a request that was sent, to describe its failure. */
interface Sent {
  readonly signal: AbortSignal;
  readonly where: string;
  readonly address: string;
  /** True for a question to a chat model, which may refuse it; false for a text to be embedded or moderated. */
  readonly asked: boolean;
  readonly redact: (text: string) => string;
  readonly removeSecrets: (text: string) => string;
}

async function failureOf(error: unknown, sent: Sent): Promise<Reply> {
  const { signal, where, redact } = sent;
  if (signal.aborted) return abortedReply(signal);
  if (error instanceof ChangedFile)
    return { kind: "failed", error: "provider", message: error.message, transient: false, unsent: true };
  const refused = causesOf(error).find((cause) => cause instanceof RefusedByServer);
  if (refused !== undefined)
    return withReportedLimits(await refusalOf(refused, sent), refused.response.headers);
  const failed = failureOfNetwork(error, where, redact);
  if (failed !== undefined) return failed;
  // Any other error is a bug in our code. Its cause, if it has one, is the error to show.
  throw error instanceof Error ? (error.cause ?? error) : error;
}

/** Classifies a reply with an error status. */
async function refusalOf({ response }: RefusedByServer, sent: Sent): Promise<Reply> {
  const { where, address, redact } = sent;
  const { status } = response;
  const header = (name: string) => response.headers.get(name);
  const body = await response.text();
  const filtered = sent.asked ? refusedPrompt(status, sent.removeSecrets(body), redact) : undefined;
  const paid = usageIn(parsedOrUndefined(body));
  if (filtered !== undefined) return { ...filtered, ...paid };
  const now = Date.now();
  if (!isOfAddress(status)) {
    return { ...failureOfStatus({ status, header, body, where, redact, now, paidApi: true }), ...paid };
  }
  return {
    ...failureOfStatus({ status, header, body, where: address, redact, now, paidApi: true }),
    ...paid,
    fatal: true,
  };
}

/**
 * Reads the answer from a body in the API's format. For a body without an answer, the failure quotes what the body
 * says.
 */
function readAnswer(
  body: unknown,
  text: string,
  wording: Pick<ChatWording, "reply">,
  { redact }: Pick<Sent, "redact">,
): Reply {
  const reply = wording.reply(body, text);
  if (reply.kind === "answered") return reply;
  const detail = describeInstead(body, redact) || `; it begins: ${redact(text.slice(0, 120))}`;
  return { ...reply, message: oneLine(`${reply.message}${detail}`) };
}

function readBody(
  text: string,
  contentType: string,
  wording: Pick<ChatWording, "reply" | "writes">,
  sent: Pick<Sent, "where" | "address" | "redact" | "asked">,
): Reply {
  if (isDeeperThan(text, MAX_NESTED))
    return malformedReply(`the reply of ${sent.where} is nested more than ${MAX_NESTED} levels deep`);
  let body: unknown;
  try {
    body = parseExactJson(text);
  } catch {
    return notJson(text, contentType, sent.address, sent.redact);
  }
  const stated = statedFailure(body, { raw: text, where: sent.where, redact: sent.redact });
  const reply =
    stated?.kind === "answered" && !sent.asked
      ? malformedReply(`the provider's filter refused the text: ${stated.refusal}`)
      : (stated ?? readAnswer(body, text, wording, sent));
  return { ...reply, ...usageIn(body, wording) };
}

/** Reads a chat API's reply that did not come through its SDK. @param text with secrets removed */
export function readChatBody(
  text: string,
  contentType: string,
  reply: ChatWording["reply"],
  at: Pick<Sent, "where" | "address" | "redact">,
): Reply {
  return readBody(text, contentType, { reply }, { ...at, asked: true });
}

/** The token usage that a reply's body reports; empty when it reports none. */
function usageIn(body: unknown, { writes }: Pick<ChatWording, "writes"> = {}): { readonly usage?: Usage } {
  const usage = usageOfBody(body);
  if (usage === undefined) return {};
  return {
    usage: writes === "nothing" && usage.input_tokens !== null ? { ...usage, output_tokens: 0 } : usage,
  };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A client for a chat API: prepares the request, sends it through the SDK and classifies the reply. */
export function chatClient(wording: ChatWording, transport: ChatTransport): Client {
  const { where, address } = transport;
  const redact = redactor(transport.secrets);
  const removeSecrets = secretRemover(transport.secrets);
  return {
    ...(wording.prepare === undefined && { takesTools: true }),
    prepare(question) {
      if (wording.prepare !== undefined) return wording.prepare(question);
      if (question.messages !== null)
        return wording.request(question.messages, question.reply, question.tools);
      throw new SettingMistake([], {
        code: "EVALS_PROMPT_MISSING",
        what: "A chat model is asked without a prompt.",
        why: "A chat model answers messages, and only a prompt makes messages of a case's input.",
        fix: "Name a prompt in the suite: `prompt: <name>`.",
      });
    },
    async send(request, _question, _trial, signal) {
      if (transport.unset.length > 0) return unsetVariables(transport.unset);
      const asked = wording.prepare === undefined;
      const sent: Sent = { signal, where, address, asked, redact, removeSecrets };
      let text: string;
      let headers: Headers;
      try {
        const whole = mayHoldFiles(request) ? await withFileContents(request, transport.root) : request;
        const response = await transport.post(whole, signal);
        text = removeSecrets(await response.text());
        headers = response.headers;
      } catch (error) {
        return failureOf(error, sent);
      }
      const read = readBody(text, headers.get("content-type") ?? "", wording, sent);
      const reply = read.kind === "answered" ? read : { ...read, message: redact(read.message) };
      return withReportedLimits(reply, headers);
    },
    close: transport.close,
  };
}
