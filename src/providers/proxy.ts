import { EvalsError } from "../domain/problem.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that the environment names. */
export interface HttpProxy {
  /** The variable that names it, for messages. */
  readonly variable: string;
  /** Host and port, without credentials: what a message may say. */
  readonly address: string;
  readonly url: URL;
  /** The `Proxy-Authorization` that its credentials make; undefined without a user name. */
  readonly token: string | undefined;
}

/** This machine is never reached through a proxy, whatever the environment says: the rule of Go's net/http. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^(127\.|\[::1\]$)/.test(hostname);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Whether an entry of NO_PROXY covers a host: the name itself and all below it, a leading dot or `*.` left aside. */
function covers(entry: string, host: string, port: string): boolean {
  const [, name = entry, onlyPort] = /^(.*[^:]):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\*?\./, "");
  const unbracketed = host.replace(/^\[|\]$/g, "");
  return [host, unbracketed].includes(bare) || host.endsWith(`.${bare}`);
}

function isExempt(url: URL, env: Environment): boolean {
  if (isLoopback(url.hostname)) return true;
  const entries = (env.no_proxy || env.NO_PROXY || "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const port = url.port || (DEFAULT_PORTS[url.protocol] ?? "");
  return entries.some((entry) => entry === "*" || covers(entry, url.hostname.toLowerCase(), port));
}

function unreadable(variable: string, why: string): EvalsError {
  return new EvalsError({
    code: "EVALS_PROXY",
    what: `The environment variable ${variable} cannot be used as a proxy: ${why}.`,
    why: "Requests to the model would go through it.",
    fix: `${variable}=http://host:port, or NO_PROXY=<the model's host> to go there without it`,
  });
}

/** Undefined without a user name; null when it cannot be decoded. */
function proxyTokenOf({ username, password }: URL): string | null | undefined {
  if (username === "") return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString("base64")}`;
  } catch {
    return null;
  }
}

function readProxy(variable: string, value: string): HttpProxy {
  // As curl reads it: what has no scheme is an HTTP proxy.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  // The value is not shown: it may hold a password.
  if (!URL.canParse(text)) throw unreadable(variable, "it is no address");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol))
    throw unreadable(
      variable,
      `it begins with ${url.protocol}//, and only http:// and https:// proxies are supported`,
    );
  const token = proxyTokenOf(url);
  if (token === null) throw unreadable(variable, "its user name or password has a % that stands for nothing");
  return { variable, address: url.host, url, token };
}

/**
 * The proxy on the way to an address, as curl would choose it; null when there is none.
 *
 * `http_proxy` is for http addresses, `https_proxy` for https ones, in either case of letters; `no_proxy` lists hosts,
 * domains and `host:port` that are reached without. Without a scheme a proxy is `http://`.
 * @throws {EvalsError} EVALS_PROXY for a variable that would be used and cannot be read
 */
export function proxyFor(url: URL, env: Environment): HttpProxy | null {
  if (isExempt(url, env)) return null;
  const names = url.protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const variable = names.find((name) => env[name]?.trim());
  return variable === undefined ? null : readProxy(variable, (env[variable] ?? "").trim());
}
