import type { BatchAnswer, BatchTrouble } from "../domain/batch.ts";
import { exactJsonText, parseExactJson } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import type { FailedReply, PreparedRequest, Reply } from "../domain/provider.ts";
import { ChangedFile, withFileContents } from "./attached-parts.ts";
import type { BatchRequests, BatchWay } from "./batch-requests.ts";
import { type ChatWording, readChatBody } from "./chat-client.ts";
import { membersOf } from "./chat-shapes.ts";
import { failureOfStatus, oneLine } from "./failed-reply.ts";

/** What batches of an API have in common with its single calls. */
export interface BatchWording {
  readonly reply: ChatWording["reply"];
  /** Host and path of the single call, for messages. */
  readonly address: string;
  /** Absolute path of the project, in which the files that messages are sent with lie. */
  readonly root: string;
}

/** A batch API, as its two halves are handed over. */
export interface BatchApi {
  readonly way: BatchWay;
  readonly wording: BatchWording;
  readonly requests: BatchRequests;
}

/** A line of a batch around a request, with the content of its files in their places. */
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

/** The body of an answer inside a line, read as if it had come alone. */
export function bodyInLine(body: unknown, { way, wording, requests }: BatchApi): Reply {
  const { redact, removeSecrets } = requests;
  const text = removeSecrets(exactJsonText(body));
  const at = { where: way.host, address: wording.address, redact };
  const reply = readChatBody(text, "application/json", wording.reply, at);
  return reply.kind === "answered" ? reply : { ...reply, message: redact(reply.message) };
}

/** A request of a batch that was run and refused. */
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

/** A request of a batch that failed for no fault of its own. */
export function failedInBatch(message: string): FailedReply {
  return { kind: "failed", error: "provider", message: oneLine(message), transient: true };
}

/** The answers that lines hold; a line that cannot be read, or names nobody, is left out. */
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

/** A reply about batches that is not what the API promises. */
export function oddReply(what: string, host: string): BatchTrouble {
  const message = `${host} answered about a batch without ${what}`;
  return { kind: "trouble", undone: false, failure: failedInBatch(message) };
}

/** A text that says something; providers write an empty one where they mean none. */
export const textIn = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** A count; null where none is given. */
export const countIn = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
