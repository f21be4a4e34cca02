import type { BatchService, BatchTrouble } from "../domain/batch.ts";
import type { Price } from "../domain/config.ts";
import type { AnsweredReply, FailedReply, PreparedRequest } from "../domain/provider.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { DEFAULT_RETRY } from "../providers/retrying-client.ts";
import type { BatchElsewhere, Batches, BatchRow, BatchTries, StoredBatch } from "../store/batches.ts";
import { batchKey, lookAtBatch, type Replies } from "./batch-look.ts";
import { batchPrice, usdOf } from "./price-usage.ts";

/**
 * The state of a question that can be in a batch. `waits`: it is in a batch that has not ended. `left`: its batch
 * will never answer it. `new`: it was never in a batch.
 */
export type Taken =
  | { readonly kind: "answered"; readonly reply: AnsweredReply }
  /** `again`: whether the question is to be put into another batch. */
  | { readonly kind: "failed"; readonly failure: FailedReply; readonly again: boolean }
  | { readonly kind: "waits" | "left" | "new" };

export interface BatchQueueParts {
  readonly service: BatchService;
  readonly batches: Batches;
  readonly run: { readonly no: number; readonly id: string };
  /** Which model the questions are for: `target`, or the hash of a judge's model. */
  readonly asker: string;
  /** Price of a call outside a batch. */
  readonly price: Price | null;
  /**
   * The id of a question in a batch.
   *
   * @param attempt how many batches the question was put into, this one included
   * @returns at most 64 letters, digits, "-" and "_"
   */
  readonly customId: (what: string, attempt: number) => string;
  /** Reports the number of requests in a batch that was created. */
  readonly onCalls: (count: number) => void;
  /** Called for a paid answer that is no longer needed. */
  readonly onUnwanted: (what: string, reply: AnsweredReply) => void;
  /** Shows a message to the user. */
  readonly notice: (note: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number;
}

/** The questions of one asker that are answered in batches. */
export interface BatchQueue {
  /** Checks every sent batch once, and reads those that have ended. */
  look(): Promise<void>;
  /**
   * Checks once a batch of another run that contains some of the same requests, and uses its answers. The batch
   * is not marked as read, because its own run reads it, too.
   *
   * @param rows the requests in the batch that this run needs, too, each with this run's question
   */
  lookElsewhere(batch: BatchElsewhere, runId: string, rows: readonly BatchRow[]): Promise<void>;
  take(what: string): Taken;
  /** Whether a batch of this run is answering, or has answered, this question. */
  isPaidFor(what: string): boolean;
  /** Adds a question to the next batch. */
  want(what: string, request: () => PreparedRequest): void;
  /** Number of questions that wait: their answers come with a later session. */
  readonly waiting: number;
  /** Number of the waiting questions whose batch was created, or may have been: the reply to its creation was lost. */
  readonly underWay: number;
  /** Sends the added questions. @returns why some of them were not sent; null when all were sent */
  send(): Promise<FailedReply | null>;
  /**
   * Gives the state `read` to every batch whose answers were all taken, because these answers are stored.
   *
   * @param whole whether the run is over: then the other batches are marked too, and the answers that nobody took are
   * reported to `onUnwanted`
   */
  settle(whole: boolean): void;
  close(): Promise<void>;
}

/** Maximum requests, and characters, of a batch: far below the providers' limits of 50,000 requests and 200 MB. */
const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 50_000_000;

/** A finished batch that was read. */
interface Opened {
  readonly no: number;
  readonly rows: readonly BatchRow[];
  readonly failed: readonly string[];
}

export function openBatchQueue(parts: BatchQueueParts): BatchQueue {
  const { service, batches, run, asker, signal, notice } = parts;
  const results = new Map<string, AnsweredReply | FailedReply>();
  const taken = new Set<string>();
  const waits = new Set<string>();
  const left = new Set<string>();
  /** Answers from batches of other runs, by question. */
  const lent = new Map<string, AnsweredReply>();
  /** Questions that batches of other runs have not answered yet. */
  const elsewhere = new Set<string>();
  const waitsElsewhere = new Set<string>();
  const wanted = new Map<string, () => PreparedRequest>();
  /** Number of questions sent in this session. */
  let sent = 0;
  const opened: Opened[] = [];
  let tries: ReadonlyMap<string, BatchTries> = new Map();

  const waitFor = (rows: readonly BatchRow[]): void => {
    for (const { what } of rows) waits.add(what);
  };
  const leave = (no: number, rows: readonly BatchRow[]): void => {
    batches.read(no, []);
    for (const { what } of rows) left.add(what);
  };

  /**
   * Records that a batch exists. Its requests count as sent from now on, even if an earlier session created the
   * batch.
   */
  const created = (no: number, remote: string, count: number): void => {
    batches.sent(no, remote);
    parts.onCalls(count);
  };

  const keep = (no: number, rows: readonly BatchRow[], replies: Replies): void => {
    const failed: string[] = [];
    for (const { custom_id, what } of rows) {
      const reply = replies.get(custom_id) ?? null;
      if (reply === null) left.add(what);
      else if (reply.kind === "answered") results.set(what, inBatch(reply, parts.price));
      else {
        failed.push(custom_id);
        results.set(what, reply);
      }
    }
    opened.push({ no, rows, failed });
  };

  const lookAt = async (batch: StoredBatch): Promise<void> => {
    const rows = batches.rows(batch.no);
    const looked = await lookAtBatch(parts, batch, run, (id) => created(batch.no, id, rows.length));
    if (looked.kind === "ended") return keep(batch.no, rows, looked.replies);
    if (looked.note !== undefined) notice(looked.note);
    if (looked.kind === "waits") waitFor(rows);
    else leave(batch.no, rows);
  };

  const sendOne = async (
    rows: readonly BatchRow[],
    lines: readonly string[],
  ): Promise<FailedReply | null> => {
    const no = batches.plan(run.no, asker, rows);
    const key = batchKey(run.id, no);
    const file = (await service.upload?.(key, lines, signal)) ?? null;
    if (isTrouble(file)) return file.failure;
    batches.asked(no, file);
    const made = await service.create({ key, file, lines }, signal);
    if (isTrouble(made) && made.undone) {
      batches.read(no, []);
      return made.failure;
    }
    sent += rows.length;
    if (isTrouble(made)) return made.failure;
    created(no, made, rows.length);
    return null;
  };

  return {
    look: async () => {
      for (const batch of batches.ofRun(run.no))
        if (batch.asker === asker && batch.state !== "read") await lookAt(batch);
      tries = batches.tries(run.no, asker);
    },
    lookElsewhere: async (batch, runId, rows) => {
      const looked = await lookAtBatch(parts, batch, { no: batch.run_no, id: runId });
      for (const { custom_id, what } of rows) {
        if (looked.kind === "waits") elsewhere.add(what);
        const reply = looked.kind === "ended" ? looked.replies.get(custom_id) : undefined;
        if (reply?.kind === "answered") lent.set(what, inBatch(reply, parts.price));
      }
    },
    take: (what) => {
      const reply = results.get(what);
      if (reply !== undefined) {
        taken.add(what);
        if (reply.kind === "answered") return { kind: "answered", reply };
        const failed = (tries.get(what)?.failed ?? 0) + 1;
        return { kind: "failed", failure: reply, again: reply.transient && failed <= DEFAULT_RETRY.retries };
      }
      if (waits.has(what)) return { kind: "waits" };
      const borrowed = lent.get(what);
      if (borrowed !== undefined) return { kind: "answered", reply: borrowed };
      if (elsewhere.has(what)) {
        waitsElsewhere.add(what);
        return { kind: "waits" };
      }
      return { kind: left.has(what) || tries.has(what) ? "left" : "new" };
    },
    isPaidFor: (what) => waits.has(what) || results.get(what)?.kind === "answered",
    want: (what, request) => {
      wanted.set(what, request);
    },
    get waiting() {
      return waits.size + waitsElsewhere.size + wanted.size;
    },
    get underWay() {
      return waits.size + waitsElsewhere.size + sent;
    },
    send: async () => {
      let rows: BatchRow[] = [];
      let lines: string[] = [];
      let characters = 0;
      const flush = async (): Promise<FailedReply | null> => {
        const failure = rows.length === 0 ? null : await sendOne(rows, lines);
        [rows, lines, characters] = [[], [], 0];
        return failure;
      };
      for (const [what, request] of wanted) {
        const custom_id = parts.customId(what, (tries.get(what)?.batches ?? 0) + 1);
        const line = await service.line(custom_id, request());
        if (typeof line !== "string") return line;
        const isFull = rows.length === MAX_ROWS || characters + line.length > MAX_CHARACTERS;
        const failure = isFull ? await flush() : null;
        if (failure !== null || signal.aborted) return failure;
        rows.push({ custom_id, what });
        lines.push(line);
        characters += line.length;
      }
      return flush();
    },
    settle: (whole) => {
      for (const { no, rows, failed } of opened.splice(0)) {
        const unused = rows.filter(({ what }) => results.has(what) && !taken.has(what));
        if (unused.length > 0 && !whole) continue;
        for (const { what } of unused) {
          const reply = results.get(what);
          if (reply?.kind === "answered") parts.onUnwanted(what, reply);
        }
        batches.read(no, failed);
      }
    },
    close: service.close,
  };
}

function isTrouble(value: string | null | BatchTrouble): value is BatchTrouble {
  return typeof value === "object" && value !== null;
}

/**
 * An answer as it came in a batch, with its cost. Its latency is unknown, because the time that a request spends
 * in a batch is not the model's.
 */
function inBatch(reply: AnsweredReply, price: Price | null): AnsweredReply {
  const usd = reply.cost_usd ?? usdOf(batchPrice(price), reply.usage ?? UNKNOWN_USAGE);
  return { ...reply, latency_ms: null, cost_usd: usd };
}
