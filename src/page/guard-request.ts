import { timingSafeEqual } from "node:crypto";

/** The parts of a request that decide whether it is allowed. */
export interface Asked {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
}

/** The address at which the page is served. */
export interface Address {
  readonly port: number;
  /** The first part of every valid path: random hexadecimal digits. */
  readonly token: string;
}

export type Guarded =
  | { readonly kind: "passed"; readonly path: string }
  | { readonly kind: "refused"; readonly status: number; readonly why: string };

const refused = (status: number, why: string): Guarded => ({ kind: "refused", status, why });

/**
 * Allows requests only from the page that this program opened. The host name is checked because a website can
 * point its own name at this machine, the origin because a website can send forms to any address, and the token
 * because other users of this machine can reach the port.
 *
 * @returns the path after the token
 */
export function guardRequest(asked: Asked, { port, token }: Address): Guarded {
  const { host, origin } = asked;
  if (!namesThisMachine(host) || !host.endsWith(`:${port}`))
    return refused(403, "The page is not served under this host name.");
  if (asked.method !== "GET" && asked.method !== "POST")
    return refused(405, "Only GET and POST requests are allowed.");
  const [, given = "", ...rest] = (asked.url.split("?", 1)[0] ?? "").split("/");
  if (!sameText(given, token))
    return refused(403, "The address lacks the token. Open the address that the terminal shows.");
  if (asked.method === "POST") {
    if (origin !== `http://${host}`) return refused(403, "The request comes from another page.");
    if (!/^application\/json *(;|$)/.test(asked.contentType ?? "")) return refused(415, "Send JSON.");
  }
  return { kind: "passed", path: `/${rest.join("/")}` };
}

/** Whether a request's Host header is one of this machine's own names, with any port. */
export function namesThisMachine(host: string | undefined): host is string {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
