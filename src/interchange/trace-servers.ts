import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { ServerKeys } from "./exported.ts";
import type { ImportRequest } from "./imported.ts";
import { isObject, type JsonObject, listMember, objectMember, textMember } from "./reading/json-fields.ts";
import { type KeyedServer, LANGFUSE_KEYS, PHOENIX_KEYS } from "./server-keys.ts";

/** A request for one page: POST when it has a body, else GET. */
export interface PageRequest {
  readonly url: URL;
  readonly body?: JsonObject;
}

export interface TracePage {
  readonly items: readonly Json[];
  /** Undefined on the last page. */
  readonly next: PageRequest | undefined;
}

/** A platform whose API returns traces page by page. */
export interface TraceServer extends KeyedServer {
  /** Whether a URL belongs to the platform. */
  readonly serves: (url: URL, env: ImportRequest["env"]) => boolean;
  /** The first request. @param since ISO 8601: only what started since then; undefined for all */
  readonly first: (url: URL, since: string | undefined) => PageRequest;
  /** Reads a reply; undefined when it is not a page. */
  readonly page: (
    answer: JsonObject,
    request: PageRequest,
    since: string | undefined,
  ) => TracePage | undefined;
  /**
   * Data of the traces that the server returns on separate pages, such as scores. The traces are imported even if
   * these pages cannot be fetched.
   */
  readonly beside?: { readonly what: string; readonly first: TraceServer["first"] };
  /** URL of the rest of an item, when its page does not contain all of it. */
  readonly rest?: (item: JsonObject, server: URL) => URL | undefined;
  /** The item together with the reply from the URL of `rest`. */
  readonly joined?: (item: JsonObject, rest: JsonObject) => JsonObject;
}

export function withQuery(address: URL | string, query: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** Reads a list whose next page is requested with a cursor in the query. */
function cursorPage(list: string, cursorOf: (answer: JsonObject) => string | undefined): TraceServer["page"] {
  return (answer, { url }) => {
    if (!Array.isArray(answer[list])) return undefined;
    const cursor = cursorOf(answer);
    return {
      items: listMember(answer, list),
      next: cursor === undefined ? undefined : { url: withQuery(url, { cursor }) },
    };
  };
}

const bearerKey = (name: string): ServerKeys => ({
  names: [name],
  headers: ({ [name]: key }) => (key ? { authorization: `Bearer ${key}` } : undefined),
});

const langfuseBase = ({ origin, pathname }: URL): string =>
  `${origin}${pathname.replace(/(?:\/api\/public.*)?\/?$/, "")}`;

/**
 * For Langfuse the server's URL is enough: observations and scores are fetched from the newest endpoints of its API.
 */
const langfuse: TraceServer = {
  name: "Langfuse",
  keys: LANGFUSE_KEYS,
  serves: ({ hostname, pathname }, env) =>
    pathname.startsWith("/api/public") ||
    (pathname === "/" && (/(?:^|\.)langfuse\./.test(hostname) || Boolean(env.LANGFUSE_PUBLIC_KEY))),
  first: (url, since) => ({
    url: withQuery(`${langfuseBase(url)}/api/public/v2/observations`, {
      ...{ fields: "core,basic,time,io,metadata,model,usage,prompt,trace", limit: "1000" },
      fromStartTime: since,
    }),
  }),
  page: cursorPage("data", (answer) => textMember(objectMember(answer, "meta") ?? {}, "cursor")),
  beside: {
    what: "scores",
    first: (url, since) => ({
      url: withQuery(`${langfuseBase(url)}/api/public/v3/scores`, { limit: "100", fromTimestamp: since }),
    }),
  },
};

const phoenix: TraceServer = {
  name: "Phoenix",
  keys: PHOENIX_KEYS,
  serves: ({ pathname }) => /\/v1\/projects\/[^/]+\/spans$/.test(pathname),
  first: (url, since) => ({ url: withQuery(url, { start_time: since }) }),
  page: cursorPage("data", (answer) => textMember(answer, "next_cursor")),
};

/** The lower bound of the requested times. Without one, LangSmith returns only the runs of the last day. */
const BEGINNING = "1970-01-01T00:00:00Z";

const langsmith: TraceServer = {
  name: "LangSmith",
  keys: {
    names: ["LANGSMITH_API_KEY"],
    headers: ({ LANGSMITH_API_KEY: key, LANGSMITH_WORKSPACE_ID: workspace }) =>
      key ? { "x-api-key": key, ...(workspace ? { "x-tenant-id": workspace } : {}) } : undefined,
  },
  serves: ({ pathname }) => pathname.endsWith("/api/v2/runs/query"),
  first: (url, since) => {
    const projects = url.searchParams.getAll("project_ids");
    if (projects.length === 0) throw noProject(url);
    const body = { project_ids: projects, min_start_time: since ?? BEGINNING, page_size: 100 };
    return { url: new URL(url.pathname, url.origin), body: { ...body, selects: RUN_FIELDS } };
  },
  page: (answer, { url, body }) => {
    if (!Array.isArray(answer.items)) return undefined;
    const cursor = textMember(answer, "next_cursor");
    return {
      items: listMember(answer, "items"),
      next: cursor === undefined ? undefined : { url, body: { ...body, cursor } },
    };
  },
};

/** The fields of a run that are read. */
const RUN_FIELDS = [
  ...["ID", "NAME", "RUN_TYPE", "START_TIME", "END_TIME", "ERROR", "EXTRA", "METADATA", "INPUTS", "OUTPUTS"],
  ...["PARENT_RUN_IDS", "TRACE_ID", "THREAD_ID", "PROMPT_TOKENS", "COMPLETION_TOKENS", "TOTAL_COST"],
  ...["TAGS", "FEEDBACK_STATS"],
];

/**
 * Braintrust returns rows newest first, and its endpoint has no filter by time. So older rows are left out here,
 * and a page with only older rows is the last one.
 */
const braintrust: TraceServer = {
  name: "Braintrust",
  keys: bearerKey("BRAINTRUST_API_KEY"),
  serves: ({ pathname }) => /\/v1\/project_logs\/[^/]+\/fetch$/.test(pathname),
  first: (url) => ({ url: withQuery(url, { limit: "1000" }) }),
  page: (answer, request, since) => {
    const all = cursorPage("events", (one) => textMember(one, "cursor"))(answer, request, since);
    if (all === undefined) return undefined;
    const items = all.items.filter(
      (one) => since === undefined || !isObject(one) || Date.parse(String(one.created)) >= Date.parse(since),
    );
    return { items, next: items.length === 0 ? undefined : all.next };
  },
};

const HELICONE_ROWS = 1000;

const helicone: TraceServer = {
  name: "Helicone",
  keys: bearerKey("HELICONE_API_KEY"),
  serves: ({ pathname }) => pathname.endsWith("/v1/request/query-clickhouse"),
  first: (url, since) => ({
    url,
    body: {
      filter: since === undefined ? "all" : { request_response_rmt: { request_created_at: { gte: since } } },
      ...{ offset: 0, limit: HELICONE_ROWS, sort: { created_at: "asc" } },
    },
  }),
  page: (answer, { url, body = {} }) => {
    if (!Array.isArray(answer.data)) return undefined;
    const items = listMember(answer, "data");
    const offset = Number(body.offset) + items.length;
    return {
      items,
      next: items.length < HELICONE_ROWS ? undefined : { url, body: { ...body, offset } },
    };
  },
  rest: (item, server) => {
    const address = textMember(item, "signed_body_url");
    if (address === undefined || !URL.canParse(address, server.href)) return undefined;
    const url = new URL(address, server.href);
    return url.protocol === "https:" || url.host === server.host ? url : undefined;
  },
  joined: (item, { request, response }) => ({
    ...item,
    ...(request === undefined ? {} : { request_body: request }),
    ...(response === undefined ? {} : { response_body: response }),
  }),
};

const SERVERS = [langfuse, phoenix, langsmith, braintrust, helicone];

/** The platform that a URL belongs to; undefined for the URL of a file. */
export function traceServer(url: URL, env: ImportRequest["env"]): TraceServer | undefined {
  return SERVERS.find(({ serves }) => serves(url, env));
}

function noProject({ origin, pathname }: URL): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "The address names no project of LangSmith.",
    why: "LangSmith returns runs by project.",
    fix: `evals import traces '${origin}${pathname}?project_ids=<the project's id>'`,
  });
}
