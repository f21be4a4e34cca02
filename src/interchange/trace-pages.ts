import { parseExactJson } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { AskServer, ImportRequest, Left } from "./imported.ts";
import { langfuseHeaders, wrongKey } from "./langfuse-access.ts";
import { isObject, listMember, objectMember, textMember } from "./reading/json-fields.ts";
import { type PlacedSpans, spansOfItem } from "./trace-items.ts";

export interface TracePages {
  readonly ask: AskServer;
  readonly env: ImportRequest["env"];
  /** ISO 8601: only traces that started since then, if the server supports it; undefined for all. */
  readonly since: string | undefined;
}

/**
 * The spans at a URL: a file, or the pages of an API. For Langfuse the server's URL is enough: observations and
 * scores are fetched from its current endpoints.
 *
 * @throws {EvalsError} EVALS_IMPORT_SERVER, EVALS_IMPORT_KEY
 */
export async function* tracePages(address: string, pages: TracePages): AsyncGenerator<PlacedSpans | Left> {
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") throw keyInAddress();
  if (!isLangfuse(url, pages.env)) {
    yield* everyPage(url, otherHeaders(url, pages.env), pages.ask);
    return;
  }
  const base = `${url.origin}${url.pathname.replace(/(?:\/api\/public.*)?\/?$/, "")}`;
  const headers = langfuseHeaders(pages.env);
  const { since } = pages;
  yield* everyPage(
    withQuery(`${base}/api/public/v2/observations`, {
      ...{ fields: OBSERVATION_FIELDS, limit: "1000" },
      ...(since === undefined ? {} : { fromStartTime: since }),
    }),
    headers,
    pages.ask,
  );
  try {
    const query = since === undefined ? {} : { fromTimestamp: since };
    yield* everyPage(
      withQuery(`${base}/api/public/v3/scores`, { limit: "100", ...query }),
      headers,
      pages.ask,
    );
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    // Traces are imported even if their scores cannot be fetched.
    yield {
      path: `${base}/api/public/v3/scores`,
      line: 1,
      what: "scores",
      why: error.problems[0]?.what ?? "",
    };
  }
}

const OBSERVATION_FIELDS = "core,basic,time,io,metadata,model,usage,prompt,trace";

/** Recognized by its paths, its host name, or the keys that are set. */
function isLangfuse({ hostname, pathname }: URL, env: TracePages["env"]): boolean {
  if (pathname.startsWith("/api/public")) return true;
  return pathname === "/" && (/(?:^|\.)langfuse\./.test(hostname) || Boolean(env.LANGFUSE_PUBLIC_KEY));
}

function otherHeaders({ pathname }: URL, env: TracePages["env"]): Record<string, string> {
  const key = env.PHOENIX_API_KEY;
  const isPhoenix = /\/v1\/projects\/[^/]+\/spans$/.test(pathname) && key !== undefined && key !== "";
  return { accept: "application/json", ...(isPhoenix ? { authorization: `Bearer ${key}` } : {}) };
}

function withQuery(address: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** Follows cursors while a page has a new one. */
async function* everyPage(
  first: URL,
  headers: Record<string, string>,
  ask: AskServer,
): AsyncGenerator<PlacedSpans | Left> {
  const path = `${first.origin}${first.pathname}`;
  const seen = new Set<string>();
  let line = 0;
  for (let url: URL | undefined = first; url !== undefined; ) {
    const { status, text } = await ask(String(url), headers);
    if ((status === 401 || status === 403) && first.pathname.includes("/api/public/"))
      throw wrongKey(status, first.origin);
    if (status !== 200) throw noPage(status, text, path);
    const { items, cursor } = readPage(text, path);
    for (const item of items) yield* spansOfItem(item, { path, line: ++line });
    const next = cursor === undefined || seen.has(cursor) ? undefined : cursor;
    if (next !== undefined) seen.add(next);
    url = next === undefined ? undefined : withQuery(String(url), { cursor: next });
  }
}

/** The items of a page or of a whole JSONL file, and the cursor of the next page. */
function readPage(
  text: string,
  path: string,
): { readonly items: readonly Json[]; readonly cursor: string | undefined } {
  const whole = parsed(text);
  if (whole === undefined) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const items = lines.flatMap((line) => parsed(line) ?? []);
    if (items.length === 0) throw noPage(200, text, path);
    return { items, cursor: undefined };
  }
  if (Array.isArray(whole)) return { items: whole as readonly Json[], cursor: undefined };
  if (!isObject(whole) || Array.isArray(whole.resourceSpans)) return { items: [whole], cursor: undefined };
  const cursor = textMember(objectMember(whole, "meta") ?? {}, "cursor") ?? textMember(whole, "next_cursor");
  return { items: Array.isArray(whole.data) ? listMember(whole, "data") : [whole], cursor };
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
    why: "Traces are read from a file at that address, or from the pages of Langfuse or Phoenix.",
    fix: "Check the address and the key, or export the traces there and name the file.",
  });
}

function keyInAddress(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "The address holds a name or a password.",
    why: "It would be in the shell's history and in messages.",
    fix: "Leave it out: keys come from LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, or PHOENIX_API_KEY.",
  });
}
