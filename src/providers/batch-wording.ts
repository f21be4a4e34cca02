import type { BatchAnswer, BatchTrouble } from "../domain/batch.ts";
import { exactJsonText, parseExactJson } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import type { FailedReply, PreparedRequest, Reply } from "../domain/provider.ts";
import { ChangedFile, withFileContents } from "./attached-parts.ts";
import type { BatchRequests, BatchWay } from "./batch-requests.ts";
import { type ChatWording, readChatBody } from "./chat-client.ts";
import { membersOf } from "./chat-shapes.ts";
import { oneLine } from "./failed-reply.ts";
import { failureOfStatus } from "./refused-request.ts";

/** The parts of an API's single calls that its batches use too. */
export interface BatchWording {
  readonly reply: ChatWording["reply"];
  /** Host and path of the single call, shown in messages. */
  readonly address: string;
  /** Absolute path of the project; attached files are read from here. */
  readonly root: string;
}

/** The parts of a batch API: its HTTP requests and its format. */
export interface BatchApi {
  readonly way: BatchWay;
  readonly wording: BatchWording;
  readonly requests: BatchRequests;
}

/** Wraps a request as one line of a batch file, with the contents of attached files filled in. */
export async function batchLine(
  request: PreparedRequest,
  around: (body: Json) => Json,
  { root }: Pick<BatchWording, "root">,
): Promise<string | FailedReply> {
  try {
    return JSON.stringify(around(await withFileContents(request, root)));
  } catch (error) {
    if (!(error instanceof ChangedFile)) throw error;
    return { kind: "failed", error: "provider", message: error.message, transient: false, unsent: true };
  }
}

/** Reads the body of one batch result like the reply of a single call. */
export function bodyInLine(body: unknown, { way, wording, requests }: BatchApi): Reply {
  const { redact, removeSecrets } = requests;
  const text = removeSecrets(exactJsonText(body));
  const at = { where: way.host, address: wording.address, redact };
  const reply = readChatBody(text, "application/json", wording.reply, at);
  return reply.kind === "answered" ? reply : { ...reply, message: redact(reply.message) };
}

/** The failure of a request that the provider rejected in a batch with this HTTP status. */
export function refusedInLine(status: number, body: unknown, { way, requests }: BatchApi): FailedReply {
  const text = typeof body === "string" ? body : exactJsonText(body ?? null);
  const { redact } = requests;
  const none = (): null => null;
  return failureOfStatus({
    status,
    header: none,
    body: text,
    where: `${way.host} in a batch`,
    redact,
    now: Date.now(),
    paidApi: true,
  });
}

/**
 * The failure of a request that was not run in its batch for a reason outside the request, so that it may be retried.
 */
export function failedInBatch(message: string): FailedReply {
  return { kind: "failed", error: "provider", message: oneLine(message), transient: true };
}

/** Parses the answers in the lines. Lines that cannot be parsed or have no id are skipped. */
export function answersInLines(
  lines: readonly string[],
  replyOf: (line: Readonly<Record<string, unknown>>) => Reply | null,
): BatchAnswer[] {
  return lines.flatMap((text) => {
    let line: Readonly<Record<string, unknown>> | undefined;
    try {
      line = membersOf(parseExactJson(text));
    } catch {
      return [];
    }
    const id = line?.custom_id;
    return line === undefined || typeof id !== "string" ? [] : [{ custom_id: id, reply: replyOf(line) }];
  });
}

/** The error for a batch reply that does not match the API's documentation. */
export function oddReply(what: string, host: string): BatchTrouble {
  const message = `the reply of ${host} about a batch lacks ${what}`;
  return { kind: "trouble", undone: false, failure: failedInBatch(message) };
}

/** The value when it is a string that is not empty, else null: providers use an empty string for "none". */
export const textIn = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** A count as a number; null for anything else than an integer of at least 0. */
export const countIn = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
