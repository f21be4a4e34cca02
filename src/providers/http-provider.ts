import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import { exactJsonText, parseExactJson } from "../domain/exact-json.ts";
import { headerValue } from "../domain/header-value.ts";
import type { Json } from "../domain/json.ts";
import { isDeeperThan, MOST_NESTED } from "../domain/json-depth.ts";
import type {
  OpenTarget,
  PreparedRequest,
  ProviderDefinition,
  ProviderHost,
  Reply,
} from "../domain/provider.ts";
import { TookTooLong } from "../domain/time-limit.ts";
import { type KnownUsage, USAGE_FIELDS, type Usage, usageOf } from "../domain/transcript.ts";
import { NO_FRAGMENT } from "./chat-settings.ts";
import { countOf, membersOf, toolCallsOf } from "./chat-shapes.ts";
import { CONVERSATION_FORMS, readConversation } from "./conversation-shapes.ts";
import { environmentIdentity, environmentNames, fillEnvironment } from "./environment-values.ts";
import { abortedReply, failureOfStatus, malformedReply, unsetVariables } from "./failed-reply.ts";
import { HeaderSettings } from "./header-settings.ts";
import { type CaseAddress, compileAddress } from "./http-address.ts";
import { type BodyTemplate, compileBody } from "./http-body.ts";
import { compileJsonPath, type JsonGetter } from "./json-path.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { openConnectionPools, type WholeReply } from "./pooled-fetch.ts";
import { redactor, secretRemover } from "./redact.ts";
import {
  isBareError,
  notJson,
  refusalInstead,
  refusedPrompt,
  saidInstead,
  statedFailure,
} from "./stated-failure.ts";
import { usageOfCounts } from "./usage-shapes.ts";
import { isCredentialHeader, refuseWrittenSecrets } from "./written-secret.ts";

const withoutTemplates = (url: string): string => url.replace(/\{\{.*?\}\}|\{%.*?%\}/g, "");

const Path = z.string().startsWith("$").describe("RFC 9535 JSONPath into the reply");

const Fields = z.strictObject({
  ...modelFrame,
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !withoutTemplates(url).includes("#"), NO_FRAGMENT)
    .describe("Templates as in body may stand in its path and query; values are URL-encoded"),
  method: z.enum(["GET", "POST", "PUT", "PATCH"]).default("POST"),
  headers: HeaderSettings,
  body: z
    .json()
    .optional()
    .describe(
      "JSON whose strings are Liquid templates over input, messages, case.id and clock; default {input, messages}",
    ),
  answer: Path.optional().describe("JSONPath of the answer; absent: the whole text of the reply"),
  usage: z
    .strictObject({
      input_tokens: Path.optional(),
      output_tokens: Path.optional(),
      cached_input_tokens: Path.optional(),
      cache_write_tokens: Path.optional(),
      reasoning_tokens: Path.optional(),
    } satisfies Record<keyof Usage, unknown>)
    .optional()
    .describe("JSONPaths of token counts; input holds its cached part, output its reasoning"),
  messages: Path.optional().describe("JSONPath of the whole conversation, in OpenAI's message format"),
  tool_calls: Path.optional(),
  cost_usd: Path.optional(),
});

const Settings = Fields.superRefine(({ method, body }, context) => {
  if (method === "GET" && body !== undefined)
    context.addIssue({ code: "custom", path: ["body"], message: "left out: a GET request has none" });
});
type Settings = z.output<typeof Settings>;

const DEFAULT_BODY: Json = { input: "{{ input | json }}", messages: "{{ messages | json }}" };

/** Where in a reply each thing stands. */
interface ReplyPaths {
  /** Whether any of them is there: then a reply has to be JSON. */
  readonly readsJson: boolean;
  /** Whether it is read for what it took or cost. */
  readonly readsPaid: boolean;
  readonly answer: JsonGetter | undefined;
  readonly usage: { readonly [field in keyof Usage]?: JsonGetter | undefined };
  readonly messages: JsonGetter | undefined;
  readonly tool_calls: JsonGetter | undefined;
  readonly cost_usd: JsonGetter | undefined;
}

async function compilePaths(settings: Settings): Promise<ReplyPaths> {
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
  return { ...paths, usage, readsPaid, readsJson: readsPaid || Object.values(paths).some(isThere) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

const MOST_KEYS = 8;

/** What the reply does have, for whoever wrote the path: its keys, never its values. */
function keysText(body: unknown): string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "";
  const keys = Object.keys(body);
  if (keys.length === 0) return ", which is empty";
  const more = keys.length > MOST_KEYS ? ", …" : "";
  return `, which has ${keys
    .slice(0, MOST_KEYS)
    .map((key) => JSON.stringify(key.slice(0, 40)))
    .join(", ")}${more}`;
}

/** What a reply took and cost. */
interface Paid {
  readonly usage?: Usage;
  readonly cost_usd?: number;
}

const NOTHING_SAID: Paid = {};

/** What the reply says it took and cost, whether or not there is an answer in it. */
function paidIn(body: unknown, paths: ReplyPaths): Paid {
  if (!paths.readsPaid) return NOTHING_SAID;
  const counts: KnownUsage = {};
  for (const field of USAGE_FIELDS) counts[field] = countOf(paths.usage[field]?.(body));
  const usage = usageOfCounts(usageOf(counts));
  const cost = paths.cost_usd?.(body);
  return {
    ...(usage !== undefined && { usage }),
    ...(typeof cost === "number" && cost >= 0 && Number.isFinite(cost) && { cost_usd: cost }),
  };
}

/** The same of a reply that was refused. */
function paidInRefusal(text: string, paths: ReplyPaths): Paid {
  if (!paths.readsPaid || isDeeperThan(text, MOST_NESTED)) return NOTHING_SAID;
  try {
    return paidIn(parseOrUndefined(text), paths);
  } catch (error) {
    if (error instanceof TookTooLong) return NOTHING_SAID;
    throw error;
  }
}

/** A body, with what is known of where it came from. */
interface Received {
  /** Secrets removed. */
  readonly text: string;
  readonly contentType: string;
  readonly where: string;
  readonly redact: (text: string) => string;
}

/** Whoever reads the answer out of the error asks for the error. */
const ASKS_FOR_ERROR = /^\$(?:\.|\[["'])errors?\b/;

/** The failure that a reply states, whatever else it holds; of a reply that is the answer as a whole, only a bare error. */
function failureIn(body: unknown, settings: Settings, received: Received): Reply | undefined {
  const { answer } = settings;
  if (answer === undefined) {
    const members = membersOf(body);
    if (members === undefined || !isBareError(members)) return undefined;
  } else if (ASKS_FOR_ERROR.test(answer)) return undefined;
  const { text: raw, where, redact } = received;
  return statedFailure(body, { raw, where, redact });
}

/** A path with filters may take without end on a reply that is made for it. */
function readInTime(received: Received, paths: ReplyPaths, settings: Settings): Reply {
  try {
    return readReply(received, paths, settings);
  } catch (error) {
    if (error instanceof TookTooLong) return malformedReply(`${error.message} on the reply`);
    throw error;
  }
}

function readReply(received: Received, paths: ReplyPaths, settings: Settings): Reply {
  const { text, contentType, where, redact } = received;
  const asksJson = paths.readsJson;
  if (asksJson && isDeeperThan(text, MOST_NESTED))
    return malformedReply(`the reply is nested more than ${MOST_NESTED} levels deep`);
  const isJson = asksJson || (text.trimStart().startsWith("{") && !isDeeperThan(text, MOST_NESTED));
  const body = isJson ? parseOrUndefined(text) : undefined;
  if (paths.answer !== undefined && body === undefined) return notJson(text, contentType, where, redact);
  const paid = paidIn(body, paths);
  const failed = failureIn(body, settings, received);
  if (failed !== undefined) return { ...failed, ...paid };
  const unusable = (words: string): Reply => ({ ...malformedReply(words), ...paid });
  if (paths.answer === undefined && text === "") return unusable(`the reply of ${where} is empty`);
  const found = paths.answer === undefined ? text : paths.answer(body);
  if (found === undefined || found === null) {
    const refused = refusalInstead(body, { raw: text, where, redact });
    if (refused !== undefined) return { ...refused, ...paid };
    return unusable(
      `${found === null ? "null" : "nothing"} stands at ${settings.answer} in the reply${keysText(body)}${saidInstead(body, redact)}`,
    );
  }
  const conversation = paths.messages?.(body) ?? undefined;
  const messages = readConversation(conversation)?.messages;
  if (conversation !== undefined && messages === undefined)
    return unusable(`what stands at ${settings.messages} in the reply is not ${CONVERSATION_FORMS}`);
  const called = paths.tool_calls?.(body) ?? undefined;
  const toolCalls = toolCallsOf(called);
  if (called !== undefined && toolCalls === undefined)
    return unusable(`what stands at ${settings.tool_calls} in the reply is no list of {name, arguments}`);
  return {
    kind: "answered",
    output: typeof found === "string" ? found : exactJsonText(found),
    messages,
    tool_calls: toolCalls,
    ...paid,
    raw: text,
  };
}

/** Everything that decides the answer. */
function wordRequest(
  { method, url }: Settings,
  body: BodyTemplate | null,
  address: CaseAddress | null,
): (question: Parameters<BodyTemplate>[0]) => PreparedRequest {
  return (question) => {
    const headers = address?.headers(question) ?? {};
    return {
      method,
      url: address?.url(question) ?? url,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body !== null && { body: body(question) }),
    };
  };
}

function identityOf(settings: Settings, env: ProviderHost["env"]): Json {
  const headers = Object.entries(settings.headers).filter(([name]) => !isCredentialHeader(name));
  const { answer, messages, tool_calls } = settings;
  return {
    provider: "http",
    url: settings.url,
    method: settings.method,
    reads: { ...(answer && { answer }), ...(messages && { messages }), ...(tool_calls && { tool_calls }) },
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...environmentIdentity(settings.headers, env, "headers"),
    ...(settings.version !== undefined && { version: settings.version }),
    ...(settings.context !== undefined && { context: settings.context as Json }),
  };
}

/** Headers as a request of a case has them. */
function sendable(headers: Json): Readonly<Record<string, string>> {
  const values = Object.entries(headers as Readonly<Record<string, string>>);
  return Object.fromEntries(values.map(([name, value]) => [name, headerValue(value)]));
}

async function openHttp(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  refuseWrittenSecrets(settings);
  const filled = fillEnvironment(settings.headers, host.env);
  const secrets = filled.kind === "filled" ? filled.secrets : [];
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (filled.kind === "filled") {
    for (const [name, value] of Object.entries(filled.values))
      headers[name.toLowerCase()] = headerValue(value);
  }
  const fixed = new URL(settings.url);
  const address = await compileAddress(settings.url, settings.headers);
  const template =
    settings.method === "GET" ? null : await compileBody((settings.body ?? DEFAULT_BODY) as Json);
  const paths = await compilePaths(settings);
  const pools = await openConnectionPools(host.concurrency, host.env, fixed);
  const redact = redactor(secrets);
  const removeSecrets = secretRemover(secrets);

  const send = async (request: PreparedRequest, signal: AbortSignal): Promise<Reply> => {
    if (filled.kind === "unset") return unsetVariables(filled.names);
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const url = address === null ? fixed : new URL(String(request.url));
    const where = url.host + url.pathname;
    const all = request.headers === undefined ? headers : { ...headers, ...sendable(request.headers) };
    let reply: WholeReply;
    try {
      reply = await pools.request(url, { method: settings.method, headers: all, body, signal });
    } catch (error) {
      if (signal.aborted) return abortedReply(signal);
      const failed = failureOfNetwork(error, where, redact);
      if (failed === undefined) throw error;
      return failed;
    }
    const header = (name: string) => reply.headers.get(name);
    const text = removeSecrets(reply.text);
    if (reply.status >= 200 && reply.status < 300) {
      const contentType = header("content-type") ?? "";
      return readInTime({ text, contentType, where, redact }, paths, settings);
    }
    const { status } = reply;
    const failed =
      refusedPrompt(status, text, redact) ??
      failureOfStatus({ status, header, body: reply.text, where, redact, now: Date.now() });
    return { ...failed, ...paidInRefusal(reply.text, paths) };
  };

  return {
    client: {
      prepare: wordRequest(settings, template, address),
      send: (request, _question, _trial, signal) => send(request, signal),
      close: pools.close,
    },
    identity: identityOf(settings, host.env),
    label: settings.url,
    files: [],
    cacheable: settings.version !== undefined,
    price: settings.price ?? null,
    tells_cost: settings.cost_usd !== undefined,
  };
}

export const httpProvider: ProviderDefinition<Settings> = {
  kind: "http",
  about: "Any HTTP service: a body template in, JSONPaths out",
  settings: Settings,
  prompt: "optional",
  keys: (settings) => environmentNames(Object.values(settings.headers)),
  keysInHeaders: true,
  open: openHttp,
};
