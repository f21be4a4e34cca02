import type { BatchHost, BatchTrouble } from "../domain/batch.ts";
import type { FailedReply } from "../domain/provider.ts";
import { awakeTimeout } from "../processes/awake-timeout.ts";
import { abortedReply, malformedReply, unsetVariables } from "./failed-reply.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { type ConnectionPools, openConnectionPools } from "./pooled-fetch.ts";
import { redactor, secretRemover } from "./redact.ts";
import { failureOfStatus } from "./refused-request.ts";
import { DEFAULT_RETRY, retryWait } from "./retrying-client.ts";
import { deadlineError } from "./timed-client.ts";

/** Where the batch requests of one model are sent, and with which credentials. */
export interface BatchWay {
  /** Base URL of the API, without a trailing slash. */
  readonly base: string;
  /** Query of every request, for instance `?api-version=…`; may be empty. */
  readonly query: string;
  /** Host of the API, for messages. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Values to remove from every message and reply; undefined ones are ignored. */
  readonly secrets: readonly (string | undefined)[];
  /** Environment variables that are needed but not set. Nothing can be sent until all are set. */
  readonly unset: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** HTTP requests of a batch API: JSON requests, and downloads of JSONL files. */
export interface BatchRequests {
  readonly redact: (text: string) => string;
  readonly removeSecrets: (text: string) => string;
  /**
   * Sends a GET request. It is retried while a retry may help, because reading costs nothing.
   *
   * @param path below `base`
   */
  read(path: string, signal: AbortSignal): Promise<Reached<unknown>>;
  /** Sends a POST request once, without retries. */
  write(path: string, body: string, signal: AbortSignal, contentType?: string): Promise<Reached<unknown>>;
  /** The lines of a downloaded file, once it has arrived completely. */
  lines(path: string, signal: AbortSignal): Promise<Reached<readonly string[]>>;
  close(): Promise<void>;
}

export type Reached<T> = { readonly kind: "reached"; readonly value: T } | Missed;

/** A request that failed, with the HTTP status of the refusal; the status is null when the server did not refuse it. */
export interface Missed extends BatchTrouble {
  readonly status: number | null;
}

/** Maximum size of a results file, in bytes. */
const LONGEST_FILE = 1024 ** 3;
/** Deadline of a request that reads one JSON document. */
const DEADLINE_MS = 60_000;
/** Deadline of a request that sends or reads all requests or answers of a batch. */
const FILE_DEADLINE_MS = 15 * 60_000;
/** Maximum number of attempts of a request that only reads. */
const READS = 3;

/** A reply is incomplete, or its content is not what was asked for. The message completes "the reply of <host> …". */
class CutFile extends Error {}

export async function openBatchRequests(way: BatchWay, { sleep, random }: BatchHost): Promise<BatchRequests> {
  const redact = redactor(way.secrets);
  const pools = await openConnectionPools(4, way.env, new URL(way.base), LONGEST_FILE);

  const once = async <T>(
    asked: Asked,
    signal: AbortSignal,
    read: (text: string, lines: readonly string[]) => T,
  ): Promise<Reached<T>> => {
    if (way.unset.length > 0) return missed(unsetVariables(way.unset), null);
    const { signal: until, over } = deadline(signal, asked.deadline_ms);
    try {
      const { reply, lines } = await send(pools, way, asked, until);
      if (reply.status >= 200 && reply.status < 300)
        return { kind: "reached", value: read(reply.text, lines) };
      const { status, text: body } = reply;
      const header = (name: string) => reply.headers.get(name);
      const refused = { status, header, body, where: way.host, redact, now: Date.now(), paidApi: true };
      return missed(failureOfStatus(refused), status);
    } catch (error) {
      if (until.aborted) return missed(abortedReply(until), null);
      if (error instanceof CutFile)
        return missed(
          { ...malformedReply(`the reply of ${way.host} ${error.message}`), transient: true },
          null,
        );
      const failure = failureOfNetwork(error, way.host, redact);
      if (failure === undefined) throw error;
      return missed(failure, null);
    } finally {
      over();
    }
  };

  const again = async <T>(attempt: () => Promise<Reached<T>>, signal: AbortSignal): Promise<Reached<T>> => {
    for (let n = 1; ; n++) {
      const reached = await attempt();
      if (reached.kind === "reached" || n === READS || signal.aborted || !mayHelp(reached)) return reached;
      const wait = retryWait(reached.failure, n, DEFAULT_RETRY, random());
      if (wait > DEFAULT_RETRY.most_ms) return reached;
      await sleep(wait, signal).catch(() => {});
    }
  };

  return {
    redact,
    removeSecrets: secretRemover(way.secrets),
    read: (path, signal) =>
      again(() => once({ path, method: "GET", deadline_ms: DEADLINE_MS }, signal, jsonOf), signal),
    write: (path, body, signal, contentType = "application/json") =>
      once({ path, method: "POST", body, contentType, deadline_ms: FILE_DEADLINE_MS }, signal, jsonOf),
    lines: (path, signal) =>
      again(
        () => once({ path, method: "GET", deadline_ms: FILE_DEADLINE_MS, lines: true }, signal, wholeLines),
        signal,
      ),
    close: pools.close,
  };
}

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly deadline_ms: number;
  /** Whether to read the reply line by line. */
  readonly lines?: boolean;
}

async function send(pools: ConnectionPools, way: BatchWay, asked: Asked, signal: AbortSignal) {
  const url = new URL(way.base + asked.path);
  for (const [name, value] of new URLSearchParams(way.query)) url.searchParams.set(name, value);
  const gathered = lineGatherer();
  const reply = await pools.request(url, {
    method: asked.method,
    headers: {
      accept: asked.lines === true ? "*/*" : "application/json",
      "accept-encoding": "identity",
      ...(asked.contentType === undefined ? {} : { "content-type": asked.contentType }),
      ...way.headers,
    },
    body: asked.body ?? null,
    signal,
    ...(asked.lines === true ? { onBytes: gathered.take } : {}),
  });
  const lines = reply.taken === true ? gathered.end() : reply.text.split("\n");
  return { reply, lines };
}

/** Splits bytes into lines as they arrive. */
function lineGatherer() {
  const lines: string[] = [];
  let rest: Uint8Array[] = [];
  const end = (): string[] => {
    lines.push(Buffer.concat(rest).toString("utf8"));
    rest = [];
    return lines;
  };
  return {
    end,
    take: (bytes: Uint8Array): boolean => {
      let from = 0;
      for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
        rest.push(bytes.subarray(from, at));
        end();
        from = at + 1;
      }
      if (from < bytes.length) rest.push(bytes.subarray(from));
      return false;
    },
  };
}

/**
 * The lines of a downloaded file that are not empty.
 *
 * @throws {CutFile} when the last line is incomplete, or when no line is an answer (for instance in an error page
 * of a proxy)
 */
function wholeLines(_text: string, lines: readonly string[]): readonly string[] {
  const kept = lines.map((line) => line.trim()).filter((line) => line !== "");
  const last = kept.at(-1);
  if (last !== undefined && !isAnswer(last)) {
    // A malformed line in the middle affects only its own request, so the other lines are still used.
    if (lines.at(-1)?.trim() !== "" || !kept.some(isAnswer)) throw new CutFile("broke off");
  }
  return kept;
}

function isAnswer(line: string): boolean {
  try {
    return typeof (JSON.parse(line) as { readonly custom_id?: unknown } | null)?.custom_id === "string";
  } catch {
    return false;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CutFile("is not JSON");
  }
}

function deadline(signal: AbortSignal, ms: number) {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  const forgetDeadline = awakeTimeout(ms, () => controller.abort(deadlineError(ms)));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return {
    signal: controller.signal,
    over: () => {
      forgetDeadline();
      signal.removeEventListener("abort", stop);
    },
  };
}

function missed(failure: FailedReply, status: number | null): Missed {
  const refused = status !== null && status >= 400 && status < 500 && status !== 408;
  const undone = refused || failure.unreachable === true || failure.unsent === true;
  return { kind: "trouble", failure, undone, status };
}

/**
 * Whether a retry may help. It may also help after a reply that broke off: unlike a model call, reading a file again
 * costs nothing.
 */
function mayHelp({ failure }: Missed): boolean {
  return failure.transient || failure.error === "malformed-reply";
}
