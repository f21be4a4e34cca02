import { EvalsError } from "../domain/problem.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy from the environment. */
export interface HttpProxy {
  /** The environment variable that names the proxy, for messages. */
  readonly variable: string;
  /** Host and port without credentials, safe to show in messages. */
  readonly address: string;
  readonly url: URL;
  /**
   * Value of the header `Proxy-Authorization`, made of the credentials in the address; undefined without a user
   * name.
   */
  readonly token: string | undefined;
}

/** Loopback addresses never use a proxy, whatever the environment says (the rule of Go's net/http). */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^(127\.|\[::1\]$)/.test(hostname);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Whether a NO_PROXY entry matches a host: the name itself and all subdomains; a leading dot or `*.` is ignored. */
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
    why: "Requests to the model would go through this proxy.",
    fix: `Set ${variable}=http://host:port, or set NO_PROXY=<the model's host> to reach the model without a proxy`,
  });
}

/**
 * The value of `Proxy-Authorization` for the credentials in an address; undefined without a user name, null when
 * they cannot be decoded.
 */
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
  // Like curl: an address without a scheme is an HTTP proxy.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  // The value is not shown, because it may contain a password.
  if (!URL.canParse(text)) throw unreadable(variable, "it is not an address");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol))
    throw unreadable(
      variable,
      `it begins with ${url.protocol}//, and only http:// and https:// proxies are supported`,
    );
  const token = proxyTokenOf(url);
  if (token === null)
    throw unreadable(variable, "its user name or password has a % that is not part of an escape such as %40");
  return { variable, address: url.host, url, token };
}

/**
 * The proxy for an address, chosen as curl does; null when there is none.
 *
 * `http_proxy` applies to http addresses and `https_proxy` to https ones, in lower or upper case. `no_proxy` lists
 * hosts, domains and `host:port` that are reached directly. An address without a scheme means `http://`.
 *
 * @throws {EvalsError} EVALS_PROXY for an invalid value in the variable that applies
 */
export function proxyFor(url: URL, env: Environment): HttpProxy | null {
  if (isExempt(url, env)) return null;
  const names = url.protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const variable = names.find((name) => env[name]?.trim());
  return variable === undefined ? null : readProxy(variable, (env[variable] ?? "").trim());
}
