import type { FailedReply } from "../domain/provider.ts";
import { malformedReply, oneLine } from "./failed-reply.ts";
import type { HttpProxy } from "./proxy.ts";

/** The connection broke during the reply, so the reply cannot be read. The call may be billed. */
export class CutReply extends Error {
  constructor(cause: unknown) {
    super("the reply broke off", { cause });
    this.name = "CutReply";
  }
}

/**
 * The connection did not break, but the reply cannot be decoded, or exceeds the size limit. The message completes a
 * sentence that begins with "the reply of <host>".
 */
export class UnreadableReply extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnreadableReply";
  }
}

/** The connection failed at the proxy, or behind it before the tunnel was open. */
export class ThroughProxy extends Error {
  readonly proxy: HttpProxy;

  constructor(cause: unknown, proxy: HttpProxy) {
    super("no connection through the proxy", { cause });
    this.name = "ThroughProxy";
    this.proxy = proxy;
  }
}

/**
 * Any error thrown by the HTTP client. It is an outcome of the trial, never a bug of ours.
 *
 * It does not use `cause`: an SDK drops causes whose text mentions a timeout.
 */
export class TransportError extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super("the request did not get through");
    this.name = "TransportError";
    this.thrown = thrown;
  }
}

/** The chain of causes, starting with the error itself. */
export function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let e = error; e instanceof Error && chain.length < 8; ) {
    chain.push(e);
    // Node tries every address of a host name and reports the failures together.
    if (e instanceof AggregateError) chain.push(...e.errors.filter((inner) => inner instanceof Error));
    e = e instanceof TransportError ? e.thrown : e.cause;
  }
  return chain;
}

/** Why a connection failed, with the error that shows the reason. */
type Trouble =
  | { readonly kind: "certificate" | "no-tls" | "only-tls" | "tls" | "not-http"; readonly error: Error }
  | { readonly kind: "machine-full" | "nobody-there" | "cut" | "other"; readonly code: string }
  | { readonly kind: "proxy-refused"; readonly status: number };

const NOBODY_THERE = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"],
  ...["ENETDOWN", "UND_ERR_CONNECT_TIMEOUT"],
]);
/** Error codes for running out of files, sockets, processes or memory. */
const MACHINE_FULL = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "ENOBUFS", "EADDRNOTAVAIL"]);

/** Whether this machine lacked resources (files, sockets, processes); a retry may work. */
export function isMachineFull(code: string | undefined): boolean {
  return code !== undefined && MACHINE_FULL.has(code);
}

const CERTIFICATE = /CERT|VERIFY|HOSTNAME_MISMATCH|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|_ISSUER/;
/** OpenSSL's error texts for a reply that is not TLS, usually from a plain HTTP server. */
const NO_TLS =
  /wrong version number|packet length too long|http request|https proxy request|unknown protocol/i;
/** The first bytes of a TLS server's reply to plain HTTP: an alert record. */
const TLS_ALERT = "\u0015\u0003";

function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}

function troubleOf(chain: readonly Error[]): Trouble {
  // The innermost cause is the most informative.
  for (const error of [...chain].reverse()) {
    const code = codeOf(error);
    const tunnel = /^Proxy response \((\d+)\)/.exec(error.message);
    if (tunnel !== null) return { kind: "proxy-refused", status: Number(tunnel[1]) };
    if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) && NO_TLS.test(error.message))
      return { kind: "no-tls", error };
    if (CERTIFICATE.test(code) && !code.startsWith("ERR_SSL")) return { kind: "certificate", error };
    if (/^(ERR_SSL|ERR_TLS|EPROTO)|TLS|SSL/.test(code)) return { kind: "tls", error };
    if (error.name === "HTTPParserError") {
      const { data } = error as { readonly data?: unknown };
      return { kind: String(data ?? "").startsWith(TLS_ALERT) ? "only-tls" : "not-http", error };
    }
    if (NOBODY_THERE.has(code) || (code === "ETIMEDOUT" && /connect/.test(error.message)))
      return { kind: "nobody-there", code };
    if (isMachineFull(code)) return { kind: "machine-full", code };
    if (/^E[A-Z0-9]+$|^UND_ERR_(SOCKET|ABORTED|CLOSED|DESTROYED|(HEADERS|BODY)_TIMEOUT|INFO)$/.test(code))
      return { kind: "cut", code };
  }
  const last = chain.at(-1);
  const code = chain.map(codeOf).find((one) => one !== "") ?? "";
  return { kind: "other", code: `${last?.message ?? ""}${code && ` (${code})`}` };
}

/** How to trust a certificate authority that this machine does not know. */
const KNOWN_AUTHORITY =
  "if your own certificate authority signed it, name the authority's file: NODE_EXTRA_CA_CERTS=/path/to/ca.pem";

function certificateText(who: string, error: Error): string {
  const code = codeOf(error);
  const message = `the certificate of ${who} cannot be trusted: ${error.message}${code && ` (${code})`}`;
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return `${message}; renew the certificate, or correct this machine's clock`;
  if (/ALTNAME|HOSTNAME/.test(code)) return `${message}; use a host name that the certificate contains`;
  return `${message}; ${KNOWN_AUTHORITY}`;
}

/** The reason in an OpenSSL error text, without the memory addresses and source lines around it. */
function opensslReason(message: string): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
}

type DescribedFailure = Pick<FailedReply, "message" | "transient"> & Partial<FailedReply>;

/** A failure that every further call will meet too. */
const forAll = (message: string): DescribedFailure => ({ message, transient: false, fatal: true });
/** A failure that a retry may overcome. */
const forNow = (message: string): DescribedFailure => ({ message, transient: true });

function refusedByProxy(status: number, proxy: string, variable: string, where: string): DescribedFailure {
  const message = `${proxy} refused to connect to ${where} with status ${status}`;
  if (status === 407) return forAll(`${message}: set ${variable}=http://user:password@host:port`);
  return status >= 500 || status === 429 ? { ...forNow(message), unreachable: true } : forAll(message);
}

/** Describes a failure between this machine and the proxy, or while opening the tunnel. */
function describeThroughProxy(
  trouble: Trouble,
  { variable, address, url }: HttpProxy,
  where: string,
): DescribedFailure {
  const proxy = `the proxy ${address} (${variable})`;
  const way = `${where} through ${proxy}`;
  const toProxy = url.protocol === "https:" ? proxy : way;
  switch (trouble.kind) {
    case "proxy-refused":
      return refusedByProxy(trouble.status, proxy, variable, where);
    case "nobody-there":
      return {
        ...forNow(`nobody answers at ${proxy} on the way to ${where} (${trouble.code})`),
        unreachable: true,
      };
    case "no-tls":
      return url.protocol === "https:"
        ? forAll(`${proxy} does not speak TLS on this port: write http:// in ${variable}`)
        : describe(trouble, way);
    case "cut":
      return {
        ...forNow(`${proxy} cut the connection on the way to ${where} (${trouble.code})`),
        unreachable: true,
      };
    case "certificate":
    case "tls":
      return describe(trouble, toProxy);
    default:
      return describe(trouble, way);
  }
}

function describe(trouble: Trouble, where: string): DescribedFailure {
  switch (trouble.kind) {
    case "certificate":
      return forAll(certificateText(where, trouble.error));
    case "no-tls":
      return forAll(
        `${where} does not speak TLS on this port: use http:// instead of https://, or its TLS port`,
      );
    case "only-tls":
      return forAll(`${where} speaks only TLS on this port: use https:// instead of http://`);
    case "tls":
      return forAll(`no TLS connection to ${where}: ${opensslReason(trouble.error.message)}`);
    case "not-http":
      return forNow(`${where} sent something that is not HTTP`);
    case "machine-full":
      return {
        ...forNow(machineFullText(`no connection to ${where}`, trouble.code)),
        busy: true,
      };
    case "nobody-there":
      return { ...forNow(`nobody answers at ${where} (${trouble.code})`), unreachable: true };
    case "cut":
      return { ...forNow(`connection cut by ${where} (${trouble.code})`), may_be_billed: true, cut: true };
    case "proxy-refused":
      return forNow(`a proxy refused to connect to ${where} with status ${trouble.status}`);
    case "other":
      return forNow(`the request to ${where} failed: ${trouble.code}`);
    default:
      return trouble satisfies never;
  }
}

/** Describes a lack of resources on this machine, and what to do about it. */
export function machineFullText(what: string, code: string): string {
  const files = code === "EMFILE" || code === "ENFILE";
  return `${what}: ${files ? "too many files are open on this machine" : "this machine has no resources left for another connection or process"} (${code}); ${files ? "raise `ulimit -n`, or " : ""}lower --concurrency`;
}

/**
 * Classifies an error of the transport as a failure of the trial.
 *
 * @returns undefined for an error that the HTTP client did not throw; such an error is a bug of ours
 */
export function failureOfNetwork(
  error: unknown,
  where: string,
  redact: (text: string) => string,
): FailedReply | undefined {
  const chain = causesOf(error);
  const at = chain.findIndex((one) => one instanceof TransportError);
  if (at < 0) return undefined;
  const behind = chain.slice(at + 1);
  const unreadable = behind.find((one) => one instanceof UnreadableReply);
  if (unreadable !== undefined) return malformedReply(`the reply of ${where} ${unreadable.message}`);
  if (behind.some((one) => one instanceof CutReply)) return malformedReply(`the reply of ${where} broke off`);
  const through = behind.find((one) => one instanceof ThroughProxy);
  const trouble = troubleOf(behind.filter((one) => one !== through));
  const described =
    through === undefined ? describe(trouble, where) : describeThroughProxy(trouble, through.proxy, where);
  return { kind: "failed", error: "provider", ...described, message: oneLine(redact(described.message)) };
}
