import { ThroughProxy, TransportError } from "./network-failure.ts";
import { type HttpProxy, proxyFor } from "./proxy.ts";
import { failureText, isPlainUtf8, MAX_REPLY_BYTES, type ReplyEncoding, replyText } from "./reply-text.ts";
import { collectReply, type ReplyHeaders, type Taker } from "./whole-reply.ts";

/** A complete reply. */
export interface WholeReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** The body, decompressed, and decoded with the charset that the headers name. */
  readonly text: string;
  /** True when `onBytes` consumed the body; `text` is then empty. */
  readonly taken?: boolean | undefined;
}

/** One HTTP request. */
export interface WholeRequest {
  readonly method: string;
  readonly headers: Record<string, string> | string[];
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal | null;
  /**
   * Receives the body of a successful reply as it arrives, if it is uncompressed UTF-8; `text` is then empty.
   *
   * @returns whether the reply is complete; further bytes are ignored
   */
  readonly onBytes?: ((bytes: Uint8Array, contentType: string) => boolean) | undefined;
}

/** Sends requests over persistent connections, at most `connections` per host. */
export interface ConnectionPools {
  /**
   * @throws {TransportError} for any transport error. Its inner error is a `CutReply` for an incomplete reply, or an
   * `UnreadableReply` for one that is too long or not text
   */
  request(url: URL, request: WholeRequest): Promise<WholeReply>;
  /** Sends a request with the interface of `fetch`, as far as SDKs use it. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

type Dispatcher = import("undici").Dispatcher;

/** The part of a `Response` that SDKs use when they are asked for the raw response. */
function responseOf(reply: WholeReply, url: string): Response {
  // Creating a real Response with its streams takes as long as the request itself.
  const response = {
    status: reply.status,
    ok: reply.status >= 200 && reply.status < 300,
    statusText: "",
    url,
    body: null,
    headers: reply.headers,
    text: async () => reply.text,
    json: async () => JSON.parse(reply.text) as unknown,
  };
  return response as unknown as Response;
}

/** Header names and values alternately, in one list. */
function flatHeaders(headers: NonNullable<RequestInit["headers"]>): string[] {
  const given = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return given.flat() as string[];
}

function fetchOver(request: ConnectionPools["request"]): typeof globalThis.fetch {
  return async (target, init) => {
    // SDKs pass a string. `instanceof Request` is not used, because it would load Node's own HTTP client.
    const url = new URL(typeof target === "object" && "url" in target ? target.url : target);
    const body = init?.body ?? null;
    if (body !== null && typeof body !== "string") throw new TypeError("This fetch can send only text.");
    const reply = await request(url, {
      method: init?.method ?? "GET",
      headers: flatHeaders(init?.headers ?? {}),
      body,
      signal: init?.signal ?? null,
    });
    return responseOf(reply, url.href);
  };
}

function encodingOf(headers: ReplyHeaders): ReplyEncoding {
  return {
    contentEncoding: headers.get("content-encoding") ?? undefined,
    contentType: headers.get("content-type") ?? undefined,
  };
}

/**
 * Passes the bytes of a reply on as they arrive, if the reply is successful and in plain UTF-8. Other replies
 * cannot be parsed as they arrive.
 */
function takerOf(onBytes: NonNullable<WholeRequest["onBytes"]>): Taker {
  return (status, headers) => {
    const encoding = encodingOf(headers);
    if (status < 200 || status >= 300 || !isPlainUtf8(encoding)) return undefined;
    return (bytes) => onBytes(bytes, encoding.contentType ?? "");
  };
}

type Environment = Readonly<Record<string, string | undefined>>;
type PoolOptions = import("undici").Pool.Options;

/** Opens connections to one origin through a proxy. */
async function openProxied(proxy: HttpProxy, options: PoolOptions): Promise<() => Dispatcher> {
  // A proxy needs the whole library, because its index adds the CONNECT methods.
  // The default export is used, because the bundled CommonJS package has no other export.
  const { ProxyAgent, Pool } = (await import("undici")).default;
  return () =>
    new ProxyAgent({
      ...options,
      uri: proxy.url.href,
      ...(proxy.token === undefined ? {} : { token: proxy.token }),
      factory: (origin, given) =>
        new Pool(origin, {
          ...tunnelling(proxy, given as PoolOptions),
          maxResponseSize: options.maxResponseSize ?? MAX_REPLY_BYTES,
        }),
    });
}

/**
 * Marks failures that happen before the tunnel is open. Without the mark, the pool would retry forever when a proxy
 * drops connections, because the pool takes each drop for a lost idle connection.
 */
function tunnelling(proxy: HttpProxy, options: PoolOptions): PoolOptions {
  const { connect } = options;
  if (typeof connect !== "function") return options;
  return {
    ...options,
    connect: (to, callback) =>
      connect(to, (...[error, socket]) =>
        error === null ? callback(null, socket as never) : callback(new ThroughProxy(error, proxy), null),
      ),
  };
}

/**
 * Opens connection pools. The HTTP client is loaded only now, so that programs that send nothing do not load it.
 *
 * The pools set no deadline: each request ends when its own signal aborts.
 *
 * @param connections maximum connections per host
 * @param address where the requests go
 * @param longest maximum size of a reply, in bytes
 * @throws {EvalsError} EVALS_PROXY when the environment names an unusable proxy for this address
 */
export async function openConnectionPools(
  connections: number,
  env: Environment,
  address: URL,
  longest = MAX_REPLY_BYTES,
): Promise<ConnectionPools> {
  const { default: Pool } = await import("undici/lib/dispatcher/pool.js");
  const options = { connections, headersTimeout: 0, bodyTimeout: 0, maxResponseSize: longest };
  const proxy = proxyFor(address, env);
  const open = proxy === null ? null : await openProxied(proxy, options);
  const pools = new Map<string, Dispatcher>();

  const dispatcherOf = (url: URL): Dispatcher => {
    let dispatcher = pools.get(url.origin);
    if (dispatcher === undefined) {
      dispatcher = open === null ? new Pool(url.origin, options) : open();
      pools.set(url.origin, dispatcher);
    }
    return dispatcher;
  };

  const request = async (
    url: URL,
    { method, headers, body, signal, onBytes }: WholeRequest,
  ): Promise<WholeReply> => {
    const dispatcher = dispatcherOf(url);
    try {
      const options = { path: url.pathname + url.search, method: method as "POST", headers, body };
      const reply = await collectReply(
        dispatcher,
        { origin: url.origin, ...options },
        signal,
        onBytes && takerOf(onBytes),
      );
      if (reply.taken) return { status: reply.status, headers: reply.headers, text: "", taken: true };
      const encoding = encodingOf(reply.headers);
      const read = reply.status >= 200 && reply.status < 300 ? replyText : failureText;
      const text = read(reply.bytes, encoding);
      const { status, headers: replied } = reply;
      return { status, headers: replied, text: typeof text === "string" ? text : await text };
    } catch (error) {
      throw new TransportError(error);
    }
  };

  return {
    request,
    fetch: fetchOver(request),
    // The pools are destroyed, not closed, because nobody waits for the calls in flight any more.
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
