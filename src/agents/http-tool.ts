import type { HttpTool } from "../domain/agent-settings.ts";
import { withNumbersAsText } from "../domain/exact-json.ts";
import { headerValue } from "../domain/header-value.ts";
import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";
import { oneLine } from "../providers/failed-reply.ts";
import { compileAddress } from "../providers/http-address.ts";
import { compileJson, type Scope, UnfilledTemplate } from "../providers/http-body.ts";
import { compileJsonPath, type JsonGetter } from "../providers/json-path.ts";
import { failureOfNetwork } from "../providers/network-failure.ts";
import { type ConnectionPools, openConnectionPools, type WholeReply } from "../providers/pooled-fetch.ts";
import { redactor, secretRemover } from "../providers/redact.ts";
import { readTextResult } from "./text-result.ts";
import {
  type CallBounds,
  lost,
  noAnswer,
  type ToolProvider,
  type ToolTrial,
  type TrialTools,
} from "./trial-tools.ts";

export interface HttpToolOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Headers with secrets filled in. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values that must not appear in any message or result. */
  readonly secrets: readonly string[];
}

/** Maximum concurrent requests to the service. */
const CONNECTIONS = 32;
/** Prefix of the template variables that are filled with the model's arguments, as in `{{arguments.city}}`. */
const OF_ARGUMENTS = "arguments.";
/** The longest delay of a Node timer, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * A tool implemented by an HTTP service: one request per call. A failed request is never retried, because the
 * call may already have had its effect.
 *
 * @throws {SettingMistake} for an invalid template or path
 */
export async function httpTool(
  settings: HttpTool,
  options: HttpToolOptions,
): Promise<ToolProvider & { readonly offered: readonly OfferedTool[] }> {
  const { name, description, parameters, reads } = settings;
  const makeRequest = await requestMaker(settings, options.headers);
  const result = settings.result === undefined ? null : await compileJsonPath(settings.result, ["result"]);
  const pools = await openConnectionPools(CONNECTIONS, options.env, new URL(settings.url));
  const service = { settings, pools, makeRequest, result, ...redacting(options.secrets) };
  const offered = [{ name, description, parameters: parameters as Json, reads }];
  return {
    offered,
    open: async (trial): Promise<TrialTools> => ({
      offered,
      call: (_, given, bounds) => callService(service, scopeOf(trial, given), bounds),
      leave: async () => ({ kind: "left", state: undefined }),
    }),
    close: pools.close,
  };
}

const redacting = (secrets: readonly string[]) => ({
  redact: redactor(secrets),
  removeSecrets: secretRemover(secrets),
});

function scopeOf({ golden: { id, input }, trial }: ToolTrial, given: Readonly<Record<string, Json>>): Scope {
  return { arguments: given, input, case: { id }, trial };
}

async function requestMaker(
  { url, method, headers, body }: HttpTool,
  sent: Readonly<Record<string, string>>,
): Promise<(scope: Scope) => Request> {
  const address = await compileAddress(url, headers);
  const hasBody = method !== "GET" && method !== "DELETE";
  const fill =
    body === undefined
      ? (scope: Scope) => scope.arguments as Json
      : await compileJson(body as Json, ["body"]);
  const fixed = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name.toLowerCase(), headerValue(value)]),
  );
  return (scope) => ({
    url: new URL(address?.url(scope) ?? url),
    headers: {
      accept: "application/json, */*;q=0.8",
      ...(hasBody && { "content-type": "application/json" }),
      ...fixed,
      ...Object.fromEntries(
        Object.entries(address?.headers(scope) ?? {}).map(([name, value]) => [name, headerValue(value)]),
      ),
    },
    body: hasBody ? JSON.stringify(fill(scope)) : null,
  });
}

interface Service {
  readonly settings: HttpTool;
  readonly pools: ConnectionPools;
  readonly makeRequest: (scope: Scope) => Request;
  readonly result: JsonGetter | null;
  readonly redact: (text: string) => string;
  readonly removeSecrets: (text: string) => string;
}

async function callService(
  service: Service,
  scope: Scope,
  { timeout_ms, signal }: CallBounds,
): Promise<ToolOutcome> {
  const { settings, pools, makeRequest, redact } = service;
  let request: Request;
  try {
    request = makeRequest(scope);
  } catch (error) {
    if (!(error instanceof SettingMistake)) throw error;
    return notMade(settings.name, error);
  }
  const { url, headers, body } = request;
  const late = AbortSignal.timeout(Math.min(LONGEST_MS, Math.ceil(timeout_ms)));
  try {
    const reply = await pools.request(url, {
      method: settings.method,
      headers,
      body,
      signal: AbortSignal.any([signal, late]),
    });
    return outcomeOf(reply, service);
  } catch (error) {
    if (signal.aborted) return lost("cancelled");
    if (late.aborted) return { kind: "error", message: noAnswer({ timeout_ms }), timed_out: true };
    const failed = failureOfNetwork(error, url.host + url.pathname, redact);
    if (failed === undefined) throw error;
    return lost(`the service of the tool ${settings.name} gave no result: ${failed.message}`);
  }
}

/**
 * The outcome of a call whose request cannot be made. A missing argument is reported to the model, which can call
 * again. A value that the case lacks ends the trial with an error, because the model cannot supply it.
 */
function notMade(name: string, mistake: SettingMistake): ToolOutcome {
  const words = oneLine(mistake.problem.what);
  const unfilled = mistake instanceof UnfilledTemplate ? mistake.unfilled : undefined;
  if (unfilled?.kind === "missing" && unfilled.variable.startsWith(OF_ARGUMENTS))
    return {
      kind: "error",
      message: `the argument ${unfilled.variable.slice(OF_ARGUMENTS.length)} is missing`,
    };
  return unfilled?.kind === "unsendable"
    ? { kind: "error", message: `the arguments cannot be sent: ${words}` }
    : lost(`the request of the tool ${name} cannot be made: ${words}`);
}

function outcomeOf({ status, text }: WholeReply, { result, settings, removeSecrets }: Service): ToolOutcome {
  const clean = removeSecrets(text);
  if (status < 200 || status >= 300)
    return { kind: "error", message: oneLine(`HTTP ${status}${clean === "" ? "" : `: ${clean}`}`) };
  // An empty reply becomes null.
  const value = clean === "" ? null : readTextResult(clean);
  const found = result === null ? value : result(value);
  return found === undefined
    ? { kind: "error", message: `the reply has nothing at ${settings.result ?? ""}` }
    : { kind: "result", value: withNumbersAsText(found) };
}
