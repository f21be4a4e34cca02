import { CutReply } from "./failed-reply.ts";

/** What a reply is made of once all of it is here. */
export interface WholeReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request; the body is text. */
export interface WholeRequest {
  readonly method: string;
  readonly headers: Record<string, string> | string[];
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/** Requests over kept connections, at most `connections` to each host. */
export interface ConnectionPools {
  /** @throws {CutReply} when a reply broke off; whatever the network throws when none began */
  request(url: URL, request: WholeRequest): Promise<WholeReply>;
  /** The same behind the face of `fetch`, as far as an SDK looks. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

type Dispatcher = import("undici").Dispatcher;

/** Which proxies the environment asks for; null when none. */
function proxiesOf(env: Readonly<Record<string, string | undefined>>) {
  const httpProxy = env.http_proxy || env.HTTP_PROXY;
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY;
  if (!httpProxy && !httpsProxy) return null;
  return {
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    noProxy: env.no_proxy || env.NO_PROXY || "",
  };
}

/** This machine is never reached through a proxy, whatever the environment says: the rule of Go's net/http. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

/** The part of a `Response` that an SDK reads when it is asked for the response itself. */
function responseOf(reply: WholeReply, url: string): Response {
  const get = (name: string): string | null => {
    const value = reply.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : (value ?? null);
  };
  // Building a real Response with its streams costs as much as the request itself.
  const response = {
    status: reply.status,
    ok: reply.status >= 200 && reply.status < 300,
    statusText: "",
    url,
    body: null,
    headers: {
      get,
      has: (name: string) => get(name) !== null,
      entries: () => Object.entries(reply.headers)[Symbol.iterator](),
    },
    text: async () => reply.text,
    json: async () => JSON.parse(reply.text) as unknown,
  };
  return response as unknown as Response;
}

/** Names and values in turn. */
function flatHeaders(headers: NonNullable<RequestInit["headers"]>): string[] {
  const given = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return given.flat() as string[];
}

function fetchOver(request: ConnectionPools["request"]): typeof globalThis.fetch {
  return async (target, init) => {
    // An SDK hands over a text. Not asked `instanceof Request`: naming Request loads Node's own HTTP client.
    const url = new URL(typeof target === "object" && "url" in target ? target.url : target);
    const body = init?.body ?? null;
    if (body !== null && typeof body !== "string") throw new TypeError("Only text is sent over this fetch.");
    const reply = await request(url, {
      method: init?.method ?? "GET",
      headers: flatHeaders(init?.headers ?? {}),
      body,
      signal: init?.signal ?? null,
    });
    return responseOf(reply, url.href);
  };
}

/**
 * Opens connection pools. Loads the HTTP client when called, so that a program that sends nothing loads nothing.
 *
 * No deadline of its own: the signal of each request ends it.
 * @param connections most connections to one host
 */
export async function openConnectionPools(
  connections: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectionPools> {
  const { default: Pool } = await import("undici/lib/dispatcher/pool.js");
  const { default: requestOver } = await import("undici/lib/api/api-request.js");
  const options = { connections, headersTimeout: 0, bodyTimeout: 0 };
  const proxies = proxiesOf(env);
  // Proxying needs the whole library: its index adds the methods that a tunnel is opened with.
  // By its default export: of a CommonJS package the bundle has no other.
  const proxied =
    proxies === null
      ? null
      : new (await import("undici")).default.EnvHttpProxyAgent({ ...options, ...proxies });
  const pools = new Map<string, Dispatcher>();

  const dispatcherOf = (url: URL): Dispatcher => {
    let dispatcher = pools.get(url.origin);
    if (dispatcher === undefined) {
      dispatcher = proxied !== null && !isLoopback(url.hostname) ? proxied : new Pool(url.origin, options);
      pools.set(url.origin, dispatcher);
    }
    return dispatcher;
  };

  const request = async (url: URL, { method, headers, body, signal }: WholeRequest): Promise<WholeReply> => {
    const reply = await requestOver.call(dispatcherOf(url), {
      origin: url.origin,
      path: url.pathname + url.search,
      method: method as "POST",
      headers,
      body,
      signal,
    });
    try {
      return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
    } catch (error) {
      throw new CutReply(error);
    }
  };

  return {
    request,
    fetch: fetchOver(request),
    // Destroyed, not closed: nothing is in flight that anyone still waits for.
    close: async () => {
      await Promise.all(
        [...new Set([...pools.values(), ...(proxied ? [proxied] : [])])].map((pool) => pool.destroy()),
      );
    },
  };
}
