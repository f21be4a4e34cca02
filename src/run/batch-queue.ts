import type { BatchAnswer, BatchService, BatchTrouble } from "../domain/batch.ts";
import type { Price } from "../domain/config.ts";
import type { AnsweredReply, FailedReply, PreparedRequest } from "../domain/provider.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { DEFAULT_RETRY } from "../providers/retrying-client.ts";
import type { BatchElsewhere, Batches, BatchRow, BatchTries, StoredBatch } from "../store/batches.ts";
import { batchPrice, usdOf } from "./price-usage.ts";

/**
 * The state of a question that can be in a batch. `waits`: it is in a batch that has not ended. `left`: a finished
 * batch left it unanswered. `new`: no batch has had it.
 */
export type Taken =
  | { readonly kind: "answered"; readonly reply: AnsweredReply }
  /** @property again whether to put the question into another batch */
  | { readonly kind: "failed"; readonly failure: FailedReply; readonly again: boolean }
  | { readonly kind: "waits" | "left" | "new" };

export interface BatchQueueParts {
  readonly service: BatchService;
  readonly batches: Batches;
  readonly run: { readonly no: number; readonly id: string };
  /** Who asks the questions: `target`, or the hash of a judge's model. */
  readonly asker: string;
  /** Price of a call outside a batch. */
  readonly price: Price | null;
  /** The id of a question in a batch. @param attempt from 1 @returns at most 64 letters, digits, "-" and "_" */
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
  /** Number of the waiting questions that are in a batch, or in a batch that may have been created. */
  readonly underWay: number;
  /** Sends the added questions. @returns why some of them were not sent; null when all were sent */
  send(): Promise<FailedReply | null>;
  /** Marks all received answers as stored. @param whole whether this run will use no more answers of any batch */
  settle(whole: boolean): void;
  close(): Promise<void>;
}

/** Time after which a new batch must appear in the provider's list, in milliseconds. */
const SHOWN_AFTER_MS = 10_000;
/** Time after which the files of a finished batch must be complete, in milliseconds. */
const WRITTEN_AFTER_MS = 60_000;
/** Maximum requests per batch; far below the providers' limits of 50,000 requests and 200 MB. */
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
  const isYoung = ({ at }: StoredBatch): boolean => parts.clock() - at < SHOWN_AFTER_MS;

  /**
   * Records that a batch exists. Its requests count as sent from now on, even if an earlier session created the
   * batch.
   */
  const created = (no: number, remote: string, count: number): void => {
    batches.sent(no, remote);
    parts.onCalls(count);
  };

  /** Searches the provider's list for a batch whose id is unknown, because the reply to its creation was lost. */
  const find = (batch: StoredBatch, runId: string, ofItsRun: readonly StoredBatch[]) =>
    service.find(
      {
        key: keyOf(runId, batch.no),
        file: batch.file,
        custom_ids: batches.rows(batch.no).map(({ custom_id }) => custom_id),
        at: batch.at,
        others: new Set(ofItsRun.flatMap(({ remote }) => remote ?? [])),
      },
      signal,
    );

  /**
   * Finds the id of a batch after the reply to its creation was lost. Undefined when the batch was not created,
   * or when that cannot be known yet.
   */
  const recover = async (batch: StoredBatch, rows: readonly BatchRow[]): Promise<string | undefined> => {
    const found = await find(batch, run.id, batches.ofRun(run.no));
    if (found.kind === "found") {
      created(batch.no, found.id, rows.length);
      return found.id;
    }
    if (found.kind === "none" && !isYoung(batch)) {
      leave(batch.no, rows);
      return undefined;
    }
    waitFor(rows);
    if (found.kind === "trouble")
      notice(
        `Whether a batch was created is not known yet: ${found.failure.message}. Until the list of batches can be read, nothing is sent again, so that nothing is paid twice.`,
      );
    return undefined;
  };

  const keep = (
    no: number,
    rows: readonly BatchRow[],
    answers: ReadonlyMap<string, BatchAnswer["reply"]>,
  ): void => {
    const failed: string[] = [];
    for (const { custom_id, what } of rows) {
      const reply = answers.get(custom_id) ?? null;
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
    if (batch.state === "planned") return leave(batch.no, rows);
    const id = batch.remote ?? (await recover(batch, rows));
    if (id === undefined) return;
    const look = await service.look(id, signal);
    switch (look.kind) {
      case "trouble":
        notice(`Batch ${id}: ${look.failure.message}`);
        return waitFor(rows);
      case "working":
        return waitFor(rows);
      case "gone":
        if (isYoung(batch)) return waitFor(rows);
        notice(`Batch ${id} is no longer known to its provider: its requests are sent again.`);
        return leave(batch.no, rows);
      case "refused": {
        const { failure, of } = look;
        if (failure.transient) {
          notice(`${failure.message}. Its requests are sent again.`);
          return leave(batch.no, rows);
        }
        const refused = rows.flatMap(({ custom_id }, index): [string, FailedReply][] => {
          const message = of.size === 0 ? failure.message : of.get(index);
          return message === undefined ? [] : [[custom_id, { ...failure, message }]];
        });
        return keep(batch.no, rows, new Map(refused));
      }
      case "ended": {
        const read = await look.read(signal);
        if ("kind" in read) {
          notice(`The answers of batch ${id} could not be read: ${read.failure.message}`);
          return waitFor(rows);
        }
        const answers = new Map(read.map(({ custom_id, reply }) => [custom_id, reply]));
        if (isShort(answers, look, parts.clock())) {
          notice(`Not all answers of batch ${id} can be read yet.`);
          return waitFor(rows);
        }
        return keep(batch.no, rows, answers);
      }
      default:
        return look satisfies never;
    }
  };

  /** The answers from a batch of another run; "waits" when they are not available yet. */
  const answersElsewhere = async (
    batch: BatchElsewhere,
    runId: string,
  ): Promise<readonly BatchAnswer[] | "waits"> => {
    const found =
      batch.remote === null
        ? await find(batch, runId, batches.ofRun(batch.run_no))
        : { kind: "found" as const, id: batch.remote };
    if (found.kind === "none" && !isYoung(batch)) return [];
    if (found.kind !== "found") return "waits";
    const look = await service.look(found.id, signal);
    if (look.kind === "refused" || (look.kind === "gone" && !isYoung(batch))) return [];
    if (look.kind !== "ended") return "waits";
    const read = await look.read(signal);
    if ("kind" in read) return "waits";
    const answers = new Map(read.map(({ custom_id, reply }) => [custom_id, reply]));
    return isShort(answers, look, parts.clock()) ? "waits" : read;
  };

  const sendOne = async (
    rows: readonly BatchRow[],
    lines: readonly string[],
  ): Promise<FailedReply | null> => {
    const no = batches.plan(run.no, asker, rows);
    const key = keyOf(run.id, no);
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
      const answers = await answersElsewhere(batch, runId);
      if (answers === "waits") {
        for (const { what } of rows) elsewhere.add(what);
        return;
      }
      const replies = new Map(answers.map(({ custom_id, reply }) => [custom_id, reply]));
      for (const { custom_id, what } of rows) {
        const reply = replies.get(custom_id);
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

/** A key that identifies a batch among all batches of the provider's account. */
const keyOf = (runId: string, batchNo: number): string => `${runId}-${batchNo}`;

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

/** Whether the provider counts more answers than its files have, because the files are not complete yet. */
function isShort(
  answers: ReadonlyMap<string, BatchAnswer["reply"]>,
  { answered, at }: { readonly answered: number | null; readonly at: number | null },
  now: number,
): boolean {
  if (answered === null || at === null || now - at > WRITTEN_AFTER_MS) return false;
  return [...answers.values()].filter((reply) => reply !== null).length < answered;
}
