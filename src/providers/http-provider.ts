import { headerValue } from "../domain/header-value.ts";
import type { Json } from "../domain/json.ts";
import type {
  OpenTarget,
  PreparedRequest,
  ProviderDefinition,
  ProviderHost,
  Reply,
} from "../domain/provider.ts";
import { environmentIdentity, environmentNames, fillEnvironment } from "./environment-values.ts";
import { abortedReply, unsetVariables } from "./failed-reply.ts";
import { type CaseAddress, compileAddress } from "./http-address.ts";
import { type BodyTemplate, compileBody, questionScope } from "./http-body.ts";
import { compilePaths, paidInRefusal, readInTime } from "./http-reply.ts";
import { HttpSettings } from "./http-settings.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { openConnectionPools, type WholeReply } from "./pooled-fetch.ts";
import { redactor, secretRemover } from "./redact.ts";
import { failureOfStatus } from "./refused-request.ts";
import { withReportedLimits } from "./reported-limits.ts";
import { refusedPrompt } from "./stated-failure.ts";
import { isCredentialHeader, refuseWrittenSecrets } from "./written-secret.ts";

/**
 * Value of the header `accept` for a streamed reply. Some services stream only when the request has these types.
 */
const STREAMED = "text/event-stream, application/x-ndjson, application/json;q=0.9, */*;q=0.8";

const DEFAULT_BODY: Json = { input: "{{ input | json }}", messages: "{{ messages | json }}" };

/**
 * Returns a function that builds the part of a question's request that determines the answer: method, URL, headers with
 * templates, and body. Keys are added when the request is sent.
 */
function wordRequest(
  { method, url }: HttpSettings,
  body: BodyTemplate | null,
  address: CaseAddress | null,
): (question: Parameters<BodyTemplate>[0]) => PreparedRequest {
  return (question) => {
    const scope = address === null ? null : questionScope(question);
    const headers = scope === null ? {} : (address?.headers(scope) ?? {});
    return {
      method,
      url: scope === null ? url : (address?.url(scope) ?? url),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body !== null && { body: body(question) }),
    };
  };
}

function identityOf(settings: HttpSettings, env: ProviderHost["env"]): Json {
  const headers = Object.entries(settings.headers).filter(([name]) => !isCredentialHeader(name));
  const { answer, messages, tool_calls } = settings;
  return {
    provider: "http",
    url: settings.url,
    method: settings.method,
    reads: { ...(answer && { answer }), ...(messages && { messages }), ...(tool_calls && { tool_calls }) },
    ...(settings.stream !== undefined && { stream: settings.stream }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...environmentIdentity(settings.headers, env, "headers"),
    ...(settings.version !== undefined && { version: settings.version }),
    ...(settings.context !== undefined && { context: settings.context as Json }),
  };
}

/** The headers of a case's request, encoded as they are sent. */
function sendable(headers: Json): Readonly<Record<string, string>> {
  const values = Object.entries(headers as Readonly<Record<string, string>>);
  return Object.fromEntries(values.map(([name, value]) => [name, headerValue(value)]));
}

async function openHttp(settings: HttpSettings, host: ProviderHost): Promise<OpenTarget> {
  refuseWrittenSecrets(settings);
  const filled = fillEnvironment(settings.headers, host.env);
  const secrets = filled.kind === "filled" ? filled.secrets : [];
  const headers: Record<string, string> = {
    "content-type": "application/json",
    ...(settings.stream !== undefined && { accept: STREAMED }),
  };
  if (filled.kind === "filled") {
    for (const [name, value] of Object.entries(filled.values))
      headers[name.toLowerCase()] = headerValue(value);
  }
  const fixed = new URL(settings.url);
  const address = await compileAddress(settings.url, settings.headers);
  const template =
    settings.method === "GET" ? null : await compileBody((settings.body ?? DEFAULT_BODY) as Json);
  const paths = await compilePaths(settings);
  const openStream =
    settings.stream && (await import("./http-stream.ts")).streamReader(settings.stream, paths, settings);
  const pools = await openConnectionPools(host.concurrency, host.env, fixed);
  const redact = redactor(secrets);
  const removeSecrets = secretRemover(secrets);

  const send = async (request: PreparedRequest, signal: AbortSignal): Promise<Reply> => {
    if (filled.kind === "unset") return unsetVariables(filled.names);
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const url = address === null ? fixed : new URL(String(request.url));
    const where = url.host + url.pathname;
    const all = request.headers === undefined ? headers : { ...headers, ...sendable(request.headers) };
    const streamed = openStream?.();
    const onBytes = streamed && ((bytes: Uint8Array, type: string) => streamed.bytes(bytes, type));
    let reply: WholeReply;
    try {
      reply = await pools.request(url, { method: settings.method, headers: all, body, signal, onBytes });
    } catch (error) {
      if (signal.aborted) return abortedReply(signal);
      const failed = failureOfNetwork(error, where, redact);
      if (failed === undefined) throw error;
      return failed;
    }
    const header = (name: string) => reply.headers.get(name);
    const text = removeSecrets(reply.text);
    if (reply.status >= 200 && reply.status < 300) {
      const received = { contentType: header("content-type") ?? "", where, redact };
      if (streamed === undefined)
        return withReportedLimits(readInTime({ ...received, text }, paths, settings), reply.headers);
      // A compressed reply is parsed only after all of it has arrived.
      if (reply.taken !== true) streamed.whole(reply.text, received.contentType);
      return withReportedLimits(streamed.finish(received, removeSecrets), reply.headers);
    }
    const { status } = reply;
    const failed =
      refusedPrompt(status, text, redact) ??
      failureOfStatus({ status, header, body: reply.text, where, redact, now: Date.now() });
    return withReportedLimits({ ...failed, ...paidInRefusal(reply.text, paths) }, reply.headers);
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

export const httpProvider: ProviderDefinition<HttpSettings> = {
  kind: "http",
  about: "Any HTTP service: a template makes the request's body, JSONPaths read the reply",
  settings: HttpSettings,
  prompt: "optional",
  keys: (settings) => environmentNames(Object.values(settings.headers)),
  keysInHeaders: true,
  // No price is needed when the application reports the cost itself.
  needsPrice: ({ cost_usd }) => cost_usd === undefined,
  open: openHttp,
};
