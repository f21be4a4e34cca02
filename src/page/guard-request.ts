import { timingSafeEqual } from "node:crypto";

/** What of a request decides whether it may pass. */
export interface Asked {
  readonly method: string;
  /** As it is in the request line, query included. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
}

/** Where the page is served. */
export interface Address {
  readonly port: number;
  /** Hexadecimal, random. */
  readonly token: string;
}

export type Guarded =
  | { readonly kind: "passed"; readonly path: string }
  | { readonly kind: "refused"; readonly status: number; readonly why: string };

const refused = (status: number, why: string): Guarded => ({ kind: "refused", status, why });

/**
 * Only the page that this program opened may ask. The name of the host is checked, for a site can point its own name
 * at this machine; the origin is, for a site can send forms anywhere; the token is, for other users of the machine.
 * @returns the path behind the token
 */
export function guardRequest(asked: Asked, { port, token }: Address): Guarded {
  const { host, origin } = asked;
  if (!namesThisMachine(host) || !host.endsWith(`:${port}`))
    return refused(403, "This host name is not served.");
  if (asked.method !== "GET" && asked.method !== "POST") return refused(405, "Only GET and POST.");
  const [, given = "", ...rest] = (asked.url.split("?", 1)[0] ?? "").split("/");
  if (!sameText(given, token))
    return refused(403, "The address lacks the token. Open the address that the terminal shows.");
  if (asked.method === "POST") {
    if (origin !== `http://${host}`) return refused(403, "The request comes from another page.");
    if (!/^application\/json *(;|$)/.test(asked.contentType ?? "")) return refused(415, "Send JSON.");
  }
  return { kind: "passed", path: `/${rest.join("/")}` };
}

/** Whether a request was sent to this machine under one of its own names, whatever the port. */
export function namesThisMachine(host: string | undefined): host is string {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
