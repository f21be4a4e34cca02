import type {
  BatchAnswer,
  BatchHost,
  BatchLook,
  BatchService,
  BatchTrouble,
  FoundBatch,
  LostBatch,
} from "../domain/batch.ts";
import type { Reply } from "../domain/provider.ts";
import { type BatchWay, openBatchRequests } from "./batch-requests.ts";
import {
  answersInLines,
  type BatchApi,
  type BatchWording,
  batchLine,
  bodyInLine,
  countIn,
  failedInBatch,
  oddReply,
  refusedInLine,
  textIn,
} from "./batch-wording.ts";
import { membersOf } from "./chat-shapes.ts";
import { listPages } from "./openai-batches.ts";

type Members = Readonly<Record<string, unknown>>;

const PATH = "/v1/messages/batches";

/** Maps the error types of Anthropic's API to the HTTP status that a single call would have returned. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/**
 * Anthropic's message batches. All requests are sent with the call that creates the batch, without a file. A batch
 * cannot carry metadata of ours, so a lost batch is recognized by its results (`findBatch`).
 */
export async function anthropicBatches(
  way: BatchWay,
  wording: BatchWording,
  host: BatchHost,
): Promise<BatchService> {
  const requests = await openBatchRequests(way, host);
  const api: BatchApi = { way, wording, requests };
  return {
    line: (custom_id, request) => batchLine(request, (params) => ({ custom_id, params }), wording),
    async create({ lines }, signal) {
      const made = await requests.write(PATH, `{"requests":[${lines.join(",")}]}`, signal);
      if (made.kind === "trouble") return made;
      return textIn(membersOf(made.value)?.id) ?? oddReply("its id", way.host);
    },
    find: (lost, signal) => findBatch(lost, api, signal),
    async look(id, signal) {
      const seen = await requests.read(`${PATH}/${encodeURIComponent(id)}`, signal);
      if (seen.kind === "trouble") return seen.status === 404 ? { kind: "gone" } : seen;
      return lookOf(id, membersOf(seen.value) ?? {}, api);
    },
    close: requests.close,
  };
}

function lookOf(id: string, batch: Members, api: BatchApi): BatchLook | BatchTrouble {
  const status = String(batch.processing_status);
  if (status === "in_progress" || status === "canceling") return { kind: "working" };
  if (status !== "ended") return oddReply(`a known status (${status})`, api.way.host);
  // Anthropic keeps the results for 29 days.
  if (textIn(batch.archived_at) !== null) return { kind: "gone" };
  return {
    kind: "ended",
    at: momentIn(batch.ended_at),
    answered: countIn(membersOf(batch.request_counts)?.succeeded),
    read: (signal) => readResults(id, api, signal),
  };
}

function momentIn(value: unknown): number | null {
  const at = Date.parse(String(value));
  return Number.isNaN(at) ? null : at;
}

async function readResults(
  id: string,
  api: BatchApi,
  signal: AbortSignal,
): Promise<readonly BatchAnswer[] | BatchTrouble> {
  // Does not use `results_url`: the API key must not be sent to an address taken from a reply.
  const read = await api.requests.lines(`${PATH}/${encodeURIComponent(id)}/results`, signal);
  return read.kind === "trouble" ? read : answersInLines(read.value, (line) => replyOf(line, api));
}

/** The reply to one request of a batch; null for a request that was never run. */
function replyOf({ result }: Members, api: BatchApi): Reply | null {
  const members = membersOf(result);
  if (members?.type === "succeeded") return bodyInLine(members.message, api);
  if (members?.type === "expired" || members?.type === "canceled") return null;
  if (members?.type !== "errored")
    return failedInBatch(`${api.way.host} gave no answer in a batch (${String(members?.type)})`);
  const outer = membersOf(members.error);
  const inner = membersOf(outer?.error) ?? outer;
  return refusedInLine(STATUS_OF[String(inner?.type)] ?? 500, members.error, api);
}

/** Largest clock difference to expect between this machine and the server, in milliseconds. */
const CLOCKS_MS = 3_600_000;

/**
 * Finds a batch when the reply to its creation was lost: one that was created when the lost call was sent (`at`) or
 * later, has as many requests, and whose results carry our ids. `unsure` when a batch that is still being worked on
 * may be the one.
 */
async function findBatch(
  { custom_ids, at, others }: LostBatch,
  api: BatchApi,
  signal: AbortSignal,
): Promise<FoundBatch | BatchTrouble> {
  const ours = new Set(custom_ids);
  let unsure = false;
  for await (const page of listPages(PATH, "after_id", api.requests, signal)) {
    if ("kind" in page) return page;
    for (const one of page.items) {
      const id = textIn(one.id);
      const created = momentIn(one.created_at);
      if (id === null || others.has(id) || (created !== null && created < at - CLOCKS_MS)) continue;
      const size = sizeOf(one);
      if (size !== null && size !== ours.size) continue;
      const look = lookOf(id, one, api);
      if (look.kind === "working") unsure = true;
      if (look.kind !== "ended") continue;
      const read = await look.read(signal);
      if ("kind" in read) return read;
      if (read.some((answer) => ours.has(answer.custom_id))) return { kind: "found", id };
    }
    if (page.items.every((one) => (momentIn(one.created_at) ?? at) < at - CLOCKS_MS)) break;
  }
  return { kind: unsure ? "unsure" : "none" };
}

/** Number of requests in a batch; null when the reply has no counts. */
function sizeOf({ request_counts }: Members): number | null {
  const counts = Object.values(membersOf(request_counts) ?? {}).map(countIn);
  if (counts.length === 0 || counts.includes(null)) return null;
  return counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}
