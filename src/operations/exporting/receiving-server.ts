import { sha256 } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { ReceivingServer, ServerKeys, ServerReply, ServerRequest } from "../../interchange/exported.ts";
import { openConnectionPools, type WholeReply } from "../../providers/pooled-fetch.ts";
import { redactor } from "../../providers/redact.ts";
import { retryWait } from "../../providers/retrying-client.ts";
import { retryAfter } from "../../providers/server-refusal.ts";
import type { Environment } from "../environment.ts";
import type { DeliveredRequests } from "./delivered-requests.ts";

/** Where to send a run. */
export interface ServerPlace {
  /** Name of the format for messages: `langfuse`. */
  readonly format: string;
  /** The server's base URL, to which the paths of the requests are appended. */
  readonly base: string;
  readonly keys: ServerKeys;
  readonly delivered: DeliveredRequests;
}

export interface OpenServer extends ReceivingServer {
  /** Number of answered requests. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

/** Maximum concurrent requests. */
const AT_ONCE = 8;
const ATTEMPTS = 6;
const RETRY = { base_ms: 1000, cap_ms: 30_000 } as const;
/** Maximum wait before a retry, in milliseconds. If the server asks for a longer wait, the export ends instead. */
const LONGEST_WAIT_MS = 120_000;
/** Waits of at least this length are reported to the user, in milliseconds. */
const REQUESTED_WAIT_MS = 3000;
/** Time limit for one reply, in milliseconds. */
const LONGEST_ANSWER_MS = 60_000;

/** Status codes of a server that has no capacity and has not processed the request. */
const TOO_BUSY = [429, 503];
const TRANSIENT = [408, 425, 429, 500, 502, 503, 504, 529];

type Attempt =
  | { readonly kind: "answered"; readonly reply: WholeReply }
  | { readonly kind: "lost"; readonly why: string };

/**
 * Opens the connection to another tool's server. A request that the server refuses for lack of capacity is sent again
 * after the time that the server names.
 *
 * @throws {EvalsError} EVALS_EXPORT_KEY when a required key is missing
 */
export async function openReceivingServer(
  { format, base, keys, delivered }: ServerPlace,
  io: Environment,
): Promise<OpenServer> {
  const headers = keys.headers(io.env);
  if (headers === undefined) throw noKey(format, keys);
  const clean = redactor([...Object.values(headers), ...keys.names.map((name) => io.env[name])]);
  const pools = await openConnectionPools(AT_ONCE, io.env, new URL(base));
  let answered = 0;

  const attempt = async ({ method, path, body, headers: own }: ServerRequest): Promise<Attempt> => {
    const sent = body === undefined ? null : "json" in body ? JSON.stringify(body.json) : body.bytes;
    const type =
      body === undefined ? {} : { "content-type": "json" in body ? "application/json" : body.type };
    try {
      const reply = await pools.request(new URL(`${base}${path}`), {
        method,
        headers: { accept: "application/json", ...type, ...own, ...headers },
        body: sent,
        signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
      });
      return { kind: "answered", reply };
    } catch (error) {
      const thrown = (error as { readonly thrown?: unknown }).thrown ?? error;
      return { kind: "lost", why: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };

  const ask = async (request: ServerRequest): Promise<ServerReply> => {
    for (let number = 1; ; number++) {
      const outcome = await attempt(request);
      const reply = outcome.kind === "answered" ? outcome.reply : undefined;
      if (reply !== undefined && !TRANSIENT.includes(reply.status)) {
        answered++;
        if (reply.status === 401 || reply.status === 403) throw wrongKey(base, keys, reply.status);
        return { status: reply.status, text: reply.text };
      }
      const asked = reply && retryAfter((name) => reply.headers.get(name), io.date().getTime());
      const mayAgain = request.once !== true || (reply !== undefined && TOO_BUSY.includes(reply.status));
      if (!mayAgain || number === ATTEMPTS || (asked ?? 0) > LONGEST_WAIT_MS)
        throw brokenOff(base, format, clean(whyOf(outcome, asked)));
      const wait = retryWait({ retry_after_ms: asked }, number, RETRY, io.random());
      if (wait >= REQUESTED_WAIT_MS)
        io.notice(
          `${base} ${reply === undefined ? "does not answer" : "is busy"}: waiting ${Math.round(wait / 1000)} s.`,
        );
      await io.sleep(wait, new AbortController().signal);
    }
  };

  const refused = (request: ServerRequest, reply: ServerReply): EvalsError =>
    noYes(
      `${request.method} ${base}${request.path.replace(/\?.*$/, "")}`,
      reply.status,
      clean(shortened(reply.text)),
    );

  const deliver = async (
    request: ServerRequest,
    known: readonly number[] = [],
  ): Promise<ServerReply | undefined> => {
    const mark = markOf(request);
    if (delivered.has(mark)) return undefined;
    const reply = await ask(request);
    if (known.includes(reply.status)) return reply;
    if (reply.status >= 300) throw refused(request, reply);
    delivered.add(mark);
    return reply;
  };

  return {
    ask,
    deliver,
    refused,
    each: (items, work) => eachAtOnce(items, AT_ONCE, work),
    requests: () => answered,
    close: pools.close,
  };
}

/** A hash of the request's whole content, by which a request that was delivered before is recognized. */
function markOf({ method, path, body, headers = {} }: ServerRequest): string {
  const text = body === undefined ? "" : "json" in body ? JSON.stringify(body.json) : body.bytes;
  return sha256(`${method} ${path} ${JSON.stringify(headers)} ${sha256(text)}`);
}

/** Runs work for several items concurrently. After the first error no item is started, and work in flight finishes. */
async function eachAtOnce<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = (async function* () {
    yield* items;
  })();
  let failed = false;
  const place = async (): Promise<void> => {
    while (!failed) {
      const next = await iterator.next();
      if (next.done === true) return;
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const places = await Promise.allSettled(Array.from({ length: limit }, place));
  const bad = places.find((one) => one.status === "rejected");
  if (bad !== undefined) throw bad.reason;
}

const shortened = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 300);

function whyOf(outcome: Attempt, asked: number | undefined): string {
  if (outcome.kind === "lost") return `it did not answer: ${outcome.why}`;
  const { status, text } = outcome.reply;
  const waits = asked === undefined ? "" : `, and asks to wait ${Math.ceil(asked / 1000)} s`;
  const excerpt = shortened(text);
  return `HTTP ${status}${waits}${excerpt === "" ? "" : `: ${excerpt}`}`;
}

function noKey(format: string, { names }: ServerKeys): EvalsError {
  return new EvalsError({
    code: "EVALS_EXPORT_KEY",
    what: `${names.join(" or ")} is not set.`,
    why: "The server accepts a run only with a key.",
    fix: `Set ${names.join(" and ")}, then run the command again; \`evals export ${format} --out <file>\` needs no key.`,
  });
}

function wrongKey(base: string, { names }: ServerKeys, status: number): EvalsError {
  return new EvalsError({
    code: "EVALS_EXPORT_KEY",
    what: `${base} refuses the key (HTTP ${status}).`,
    why: `The key comes from ${names.join(", ")}; nothing more was sent.`,
    fix: "Use the key of the project that the run should go to, and check that --url is the address of that project's server.",
  });
}

function noYes(request: string, status: number, excerpt: string): EvalsError {
  return new EvalsError({
    code: "EVALS_EXPORT_REFUSED",
    what: `${request} was answered with HTTP ${status}${excerpt === "" ? "" : `: ${excerpt}`}.`,
    why: "The server has received only a part of the run.",
    fix: "Check that --url is the address of the right tool, and that the tool's version accepts these requests. The same command continues where the export stopped.",
  });
}

function brokenOff(base: string, format: string, why: string): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_EXPORT_BROKEN_OFF",
      what: `The export to ${base} was interrupted: ${why}.`,
      why: "The server has received only a part of the run.",
      fix: `Run the same command again when the server answers: evals export ${format} continues where it stopped.`,
    },
    { midway: true },
  );
}
