import { ThroughProxy, TransportError } from "./network-failure.ts";
import { type HttpProxy, proxyFor } from "./proxy.ts";
import { failureText, isPlainUtf8, MAX_REPLY_BYTES, type ReplyEncoding, replyText } from "./reply-text.ts";
import { collectReply, type ReplyHeaders, type Taker } from "./whole-reply.ts";

/** What a reply is made of once all of it is here. */
export interface WholeReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** Inflated, and in the charset that its headers name. */
  readonly text: string;
  /** `onBytes` took it. */
  readonly taken?: boolean | undefined;
}

/** One request. */
export interface WholeRequest {
  readonly method: string;
  readonly headers: Record<string, string> | string[];
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal | null;
  /**
   * Takes a good reply bit by bit, where it is not compressed and is UTF-8; its `text` is empty then.
   * @returns whether that was all: what still comes is left
   */
  readonly onBytes?: ((bytes: Uint8Array, contentType: string) => boolean) | undefined;
}

/** Requests over kept connections, at most `connections` to each host. */
export interface ConnectionPools {
  /**
   * @throws {TransportError} whatever goes wrong on the way: around a `CutReply` when a reply broke off, an
   *   `UnreadableReply` when it is too long or no text
   */
  request(url: URL, request: WholeRequest): Promise<WholeReply>;
  /** The same behind the face of `fetch`, as far as an SDK looks. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

type Dispatcher = import("undici").Dispatcher;

/** The part of a `Response` that an SDK reads when it is asked for the response itself. */
function responseOf(reply: WholeReply, url: string): Response {
  // Building a real Response with its streams costs as much as the request itself.
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

function encodingOf(headers: ReplyHeaders): ReplyEncoding {
  return {
    contentEncoding: headers.get("content-encoding") ?? undefined,
    contentType: headers.get("content-type") ?? undefined,
  };
}

/** Takes only what can be read bit by bit. */
function takerOf(onBytes: NonNullable<WholeRequest["onBytes"]>): Taker {
  return (status, headers) => {
    const encoding = encodingOf(headers);
    if (status < 200 || status >= 300 || !isPlainUtf8(encoding)) return undefined;
    return (bytes) => onBytes(bytes, encoding.contentType ?? "");
  };
}

type Environment = Readonly<Record<string, string | undefined>>;
type PoolOptions = import("undici").Pool.Options;

/** Requests to one origin through a proxy. */
async function openProxied(proxy: HttpProxy, options: PoolOptions): Promise<() => Dispatcher> {
  // Proxying needs the whole library: its index adds the methods that a tunnel is opened with.
  // By its default export: of a CommonJS package the bundle has no other.
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
 * Marks what fails before there is a tunnel. Unmarked, a proxy that cuts connections would be tried again without end
 * or pause inside the pool, which takes the cut for one of a connection that stood.
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
 * Opens connection pools. Loads the HTTP client when called, so that a program that sends nothing loads nothing.
 *
 * No deadline of its own: the signal of each request ends it.
 * @param connections most connections to one host
 * @param address where the requests go
 * @param longest bytes of a reply
 * @throws {EvalsError} EVALS_PROXY when the environment names a proxy for them that cannot be read
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
    // Destroyed, not closed: nothing is in flight that anyone still waits for.
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
