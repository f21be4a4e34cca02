import { parseExactJson } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { AskServer, ImportRequest, Left } from "./imported.ts";
import { isObject } from "./reading/json-fields.ts";
import { keyHeaders, wrongKey } from "./server-keys.ts";
import { type PlacedSpans, spansOfItem } from "./trace-items.ts";
import { type PageRequest, type TracePage, type TraceServer, traceServer } from "./trace-servers.ts";

export interface TracePages {
  readonly ask: AskServer;
  readonly env: ImportRequest["env"];
  /**
   * Only traces that started since this time are requested, if the server supports that. ISO 8601; undefined for
   * all traces.
   */
  readonly since: string | undefined;
}

/**
 * The spans at a URL: a file, or the pages of a platform's API.
 *
 * @throws {EvalsError} EVALS_IMPORT_SERVER, EVALS_IMPORT_KEY
 */
export async function* tracePages(address: string, pages: TracePages): AsyncGenerator<PlacedSpans | Left> {
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") throw keyInAddress();
  const server = traceServer(url, pages.env);
  if (server === undefined) {
    yield* fileAt(url, pages.ask);
    return;
  }
  const { first, beside } = server;
  yield* everyPage(server, first(url, pages.since), pages);
  if (beside === undefined) return;
  const request = beside.first(url, pages.since);
  try {
    yield* everyPage(server, request, pages);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    yield { path: pathOf(request.url), line: 1, what: beside.what, why: error.problems[0]?.what ?? "" };
  }
}

const pathOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/** The spans of a file in any format. @throws {EvalsError} EVALS_IMPORT_SERVER */
async function* fileAt(url: URL, ask: AskServer): AsyncGenerator<PlacedSpans | Left> {
  const path = pathOf(url);
  const { status, text } = await ask(String(url), { accept: "application/json" });
  if (status !== 200) throw noPage(status, text, path);
  let line = 0;
  for (const item of fileItems(text, path)) yield* spansOfItem(item, { path, line: ++line });
}

/** Requests page after page, as long as a page has a next one that was not requested before. */
async function* everyPage(
  server: TraceServer,
  first: PageRequest,
  { ask, env, since }: TracePages,
): AsyncGenerator<PlacedSpans | Left> {
  const headers = keyHeaders(server, env);
  const path = pathOf(first.url);
  const asked = new Set<string>();
  let line = 0;
  for (let request: PageRequest | undefined = first; request !== undefined; ) {
    const key = JSON.stringify(request);
    if (asked.has(key)) return;
    asked.add(key);
    const { status, text } = await ask(String(request.url), headers, request.body);
    if (status === 401 || status === 403) throw wrongKey(server, status, first.url.origin);
    const answer = status === 200 ? parsed(text) : undefined;
    const page: TracePage | undefined = isObject(answer) ? server.page(answer, request, since) : undefined;
    if (page === undefined) throw noPage(status, text, path);
    for await (const item of wholeItems(server, page.items, first.url, ask)) {
      const place = { path, line: ++line };
      if ("left" in item) yield { ...place, ...item.left };
      else yield* spansOfItem(item.value, place);
    }
    request = page.next;
  }
}

/** Number of concurrent requests for the missing parts of items. */
const AT_ONCE = 8;

type WholeItem =
  | { readonly value: Json }
  | { readonly left: { readonly what: string; readonly why: string } };

/**
 * Completes items of which the page contains only a part, each from the URL that the item names. The server's keys
 * are not sent to these URLs.
 */
async function* wholeItems(
  { rest, joined }: TraceServer,
  items: readonly Json[],
  server: URL,
  ask: AskServer,
): AsyncGenerator<WholeItem> {
  const whole = async (value: Json): Promise<WholeItem> => {
    const url = isObject(value) ? rest?.(value, server) : undefined;
    if (!isObject(value) || url === undefined || joined === undefined) return { value };
    const { status, text } = await ask(String(url), { accept: "application/json" });
    const found = status === 200 ? parsed(text) : undefined;
    if (isObject(found)) return { value: joined(value, found) };
    const why = status === null ? text : `HTTP ${status}`;
    return {
      left: {
        what: "an item without its request and reply",
        why: `The item's request and reply could not be fetched: ${why}.`,
      },
    };
  };
  for (let at = 0; at < items.length; at += AT_ONCE)
    yield* await Promise.all(items.slice(at, at + AT_ONCE).map(whole));
}

/** The items of a file: JSON, or lines of JSON. @throws {EvalsError} EVALS_IMPORT_SERVER */
function fileItems(text: string, path: string): readonly Json[] {
  const whole = parsed(text);
  if (whole === undefined) {
    const items = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : (parsed(line) ?? [])));
    if (items.length === 0) throw noPage(200, text, path);
    return items;
  }
  if (Array.isArray(whole)) return whole as readonly Json[];
  return isObject(whole) && Array.isArray(whole.data) ? (whole.data as readonly Json[]) : [whole];
}

function parsed(text: string): Json | undefined {
  try {
    return parseExactJson(text) as Json;
  } catch {
    return undefined;
  }
}

function noPage(status: number | null, text: string, path: string): EvalsError {
  const excerpt = text.replace(/\s+/g, " ").trim().slice(0, 200);
  return new EvalsError({
    code: "EVALS_IMPORT_SERVER",
    what:
      status === null
        ? `${path} did not answer: ${excerpt}.`
        : `${path} did not answer with traces (HTTP ${status}${excerpt === "" ? "" : `: ${excerpt}`}).`,
    why: "Traces are read from a file at that address, or from the pages of Langfuse, LangSmith, Braintrust, Helicone or Phoenix.",
    fix: "Check the address and the key, or export the traces from that server and name the file.",
  });
}

function keyInAddress(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "The address contains a name or a password.",
    why: "The name and the password would be visible in the shell's history and in messages.",
    fix: "Leave both out: keys come from variables of the environment, such as LANGFUSE_SECRET_KEY or LANGSMITH_API_KEY.",
  });
}
