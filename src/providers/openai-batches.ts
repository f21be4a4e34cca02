import type {
  BatchAnswer,
  BatchHost,
  BatchLook,
  BatchService,
  BatchTrouble,
  FoundBatch,
  LostBatch,
} from "../domain/batch.ts";
import type { FailedReply, Reply } from "../domain/provider.ts";
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
import { oneLine } from "./failed-reply.ts";

type Members = Readonly<Record<string, unknown>>;

const WORKING = new Set(["validating", "in_progress", "finalizing", "cancelling"]);
const ENDED = new Set(["completed", "expired", "cancelled", "canceled"]);
/** Error codes of a batch that the provider rejected for lack of capacity. */
const OVER_LIMIT = /limit|quota|capacity|too_many|overload|busy/i;
/** Error codes of a request that was not run before its batch ended. */
const NEVER_RUN = /^batch_(?:expired|cancell?ed)$/;

/**
 * OpenAI's batch API, also used by compatible servers. @param endpoint path of the single call, for instance
 * `/v1/responses`
 */
export async function openaiBatches(
  way: BatchWay,
  wording: BatchWording & { readonly endpoint: string },
  host: BatchHost,
): Promise<BatchService> {
  const requests = await openBatchRequests(way, host);
  const api: BatchApi = { way, wording, requests };
  const { endpoint } = wording;
  return {
    line: (custom_id, request) =>
      batchLine(request, (body) => ({ custom_id, method: "POST", url: endpoint, body }), wording),
    async upload(key, lines, signal) {
      const { body, contentType } = fileForm(`evals-${key}.jsonl`, lines);
      const sent = await requests.write("/files", body, signal, contentType);
      if (sent.kind === "trouble") return sent;
      return textIn(membersOf(sent.value)?.id) ?? oddReply("the id of its file", way.host);
    },
    async create({ key, file }, signal) {
      const metadata = { evals_batch: key };
      const wanted = { input_file_id: file, endpoint, completion_window: "24h", metadata };
      const made = await requests.write("/batches", JSON.stringify(wanted), signal);
      if (made.kind === "trouble") return made;
      return textIn(membersOf(made.value)?.id) ?? oddReply("its id", way.host);
    },
    find: (lost, signal) => findBatch(lost, api, signal),
    async look(id, signal) {
      const seen = await requests.read(`/batches/${encodeURIComponent(id)}`, signal);
      if (seen.kind === "trouble") return seen.status === 404 ? { kind: "gone" } : seen;
      return lookOf(membersOf(seen.value) ?? {}, api);
    },
    close: requests.close,
  };
}

function fileForm(name: string, lines: readonly string[]): { body: string; contentType: string } {
  const text = `${lines.join("\n")}\n`;
  let edge = "evals-batch-file";
  while (text.includes(edge)) edge += "-";
  const part = (head: string, content: string): string =>
    `--${edge}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const file = part(`name="file"; filename="${name}"\r\nContent-Type: application/jsonl`, text);
  return {
    body: `${part('name="purpose"', "batch")}${file}--${edge}--\r\n`,
    contentType: `multipart/form-data; boundary=${edge}`,
  };
}

async function findBatch(
  { key, file, at }: LostBatch,
  { way, requests }: BatchApi,
  signal: AbortSignal,
): Promise<FoundBatch | BatchTrouble> {
  for await (const page of listPages("/batches", "after", requests, signal)) {
    if ("kind" in page) return page;
    for (const one of page.items) {
      const isSame =
        membersOf(one.metadata)?.evals_batch === key || (file !== null && one.input_file_id === file);
      if (!isSame) continue;
      const id = textIn(one.id);
      return id === null ? oddReply("its id", way.host) : { kind: "found", id };
    }
    if (
      page.items.every((one) => ((countIn(one.created_at) ?? Number.POSITIVE_INFINITY) + A_DAY) * 1000 < at)
    )
      break;
  }
  return { kind: "none" };
}

/**
 * Largest difference to expect between the clocks of this machine and the server, in seconds. A batch that is older
 * than the lost batch by more than this difference cannot be the lost batch.
 */
const A_DAY = 86_400;
/** Maximum number of list pages to read. */
const MAX_PAGES = 1000;

/** Reads the pages of a list, newest first. @param after name of the paging parameter */
export async function* listPages(
  path: string,
  after: string,
  requests: BatchApi["requests"],
  signal: AbortSignal,
): AsyncGenerator<{ readonly items: readonly Members[] } | BatchTrouble> {
  let last: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const from: string = last === null ? "" : `&${after}=${encodeURIComponent(last)}`;
    const read = await requests.read(`${path}?limit=100${from}`, signal);
    if (read.kind === "trouble") return yield read;
    const list = membersOf(read.value);
    const items = objectsIn(list?.data);
    yield { items };
    const next: string | null = textIn(list?.last_id) ?? textIn(items.at(-1)?.id);
    if (list?.has_more !== true || next === null || next === last) return;
    last = next;
  }
}

function objectsIn(list: unknown): readonly Members[] {
  return (Array.isArray(list) ? (list as unknown[]) : []).map(membersOf).filter((one) => one !== undefined);
}

function lookOf(batch: Members, api: BatchApi): BatchLook | BatchTrouble {
  const status = String(batch.status).toLowerCase();
  if (WORKING.has(status)) return { kind: "working" };
  const files = [textIn(batch.output_file_id), textIn(batch.error_file_id)].filter((id) => id !== null);
  if (status === "failed" && files.length === 0) return refusalOf(batch, api);
  if (status !== "failed" && !ENDED.has(status)) return oddReply(`a known status (${status})`, api.way.host);
  const at =
    countIn(batch.completed_at) ??
    countIn(batch.expired_at) ??
    countIn(batch.cancelled_at) ??
    countIn(batch.failed_at);
  return {
    kind: "ended",
    at: at === null ? null : at * 1000,
    answered: countIn(membersOf(batch.request_counts)?.completed),
    read: (signal) => readFiles(files, api, signal),
  };
}

/**
 * The refusal of a batch that the provider checked and rejected: one failure for the batch, and the messages about
 * single requests by the request's index.
 */
function refusalOf({ errors }: Members, { way, requests }: BatchApi): BatchLook {
  const refusals = objectsIn(membersOf(errors)?.data);
  const wordsOf = (one: Members | undefined): string => {
    const words = [textIn(one?.code), textIn(one?.message)].filter((word) => word !== null).join(": ");
    return oneLine(requests.redact(`${way.host} refused the batch${words === "" ? "" : `: ${words}`}`));
  };
  const busy = refusals.some((one) => OVER_LIMIT.test(String(one.code)));
  const of = new Map<number, string>();
  for (const one of refusals) {
    const line = countIn(one.line);
    if (!busy && line !== null && line >= 1) of.set(line - 1, wordsOf(one));
  }
  const failure: FailedReply = {
    kind: "failed",
    error: "provider",
    message: wordsOf(refusals[0]),
    transient: busy,
    ...(busy ? { busy } : {}),
  };
  return { kind: "refused", failure, of };
}

async function readFiles(
  files: readonly string[],
  api: BatchApi,
  signal: AbortSignal,
): Promise<readonly BatchAnswer[] | BatchTrouble> {
  const answers: BatchAnswer[] = [];
  for (const id of files) {
    const read = await api.requests.lines(`/files/${encodeURIComponent(id)}/content`, signal);
    if (read.kind === "trouble") return read;
    answers.push(...answersInLines(read.value, (line) => replyOf(line, api)));
  }
  return answers;
}

/** The reply to one request of a batch; null for a request that was never run. */
function replyOf({ response, error }: Members, api: BatchApi): Reply | null {
  const members = membersOf(response);
  const status = countIn(members?.status_code);
  if (members !== undefined && status !== null && status >= 200 && status < 300)
    return bodyInLine(members.body, api);
  if (members !== undefined && status !== null && status >= 300)
    return refusedInLine(status, members.body, api);
  const failed = membersOf(error);
  const code = textIn(failed?.code) ?? "";
  if (NEVER_RUN.test(code)) return null;
  const words = [code, textIn(failed?.message) ?? ""].filter((word) => word !== "").join(": ");
  return failedInBatch(
    api.requests.redact(`${api.way.host} gave no answer in a batch${words === "" ? "" : `: ${words}`}`),
  );
}
