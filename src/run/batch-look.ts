import type { BatchAnswer, BatchLook, BatchService } from "../domain/batch.ts";
import type { Batches, BatchRow, StoredBatch } from "../store/batches.ts";

/**
 * Milliseconds after which a new batch must appear in the provider's list. A batch that is not listed by then does
 * not exist.
 */
const SHOWN_AFTER_MS = 10_000;
/** Time after which the files of a finished batch must be complete, in milliseconds. */
const WRITTEN_AFTER_MS = 60_000;

export type Replies = ReadonlyMap<string, BatchAnswer["reply"]>;

/**
 * What one look at a batch shows. `waits`: it may still answer its requests. `left`: it will never answer them.
 * `ended`: its replies, by the id of the request in the batch. `note` is for the user.
 */
export type Looked =
  | { readonly kind: "waits" | "left"; readonly note?: string | undefined }
  | { readonly kind: "ended"; readonly replies: Replies };

const WAITS: Looked = { kind: "waits" };
const LEFT: Looked = { kind: "left" };

export interface LookParts {
  readonly service: Pick<BatchService, "find" | "look">;
  readonly batches: Pick<Batches, "rows" | "ofRun">;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number;
}

/** A key that identifies a batch among all batches of the provider's account. */
export const batchKey = (runId: string, batchNo: number): string => `${runId}-${batchNo}`;

/**
 * Looks once at a batch of a run.
 *
 * @param onFound called with the id of a batch whose id was not known, because the reply to its creation was lost
 */
export async function lookAtBatch(
  parts: LookParts,
  batch: StoredBatch,
  run: { readonly no: number; readonly id: string },
  onFound: (id: string) => void = () => {},
): Promise<Looked> {
  if (batch.state === "planned") return LEFT;
  const isYoung = parts.clock() - batch.at < SHOWN_AFTER_MS;
  if (batch.remote !== null) return readLook(parts, batch.no, batch.remote, isYoung);
  const found = await parts.service.find(
    {
      key: batchKey(run.id, batch.no),
      file: batch.file,
      custom_ids: parts.batches.rows(batch.no).map(({ custom_id }) => custom_id),
      at: batch.at,
      others: new Set(parts.batches.ofRun(run.no).flatMap(({ remote }) => remote ?? [])),
    },
    parts.signal,
  );
  switch (found.kind) {
    case "found":
      onFound(found.id);
      return readLook(parts, batch.no, found.id, isYoung);
    case "none":
      return isYoung ? WAITS : LEFT;
    case "unsure":
      return WAITS;
    case "trouble":
      return {
        kind: "waits",
        note: `Whether a batch was created is not known yet: ${found.failure.message}. Until the list of batches can be read, nothing is sent again, so that nothing is paid twice.`,
      };
    default:
      return found satisfies never;
  }
}

async function readLook(parts: LookParts, no: number, id: string, isYoung: boolean): Promise<Looked> {
  const look = await parts.service.look(id, parts.signal);
  switch (look.kind) {
    case "trouble":
      return { kind: "waits", note: `Batch ${id}: ${look.failure.message}` };
    case "working":
      return WAITS;
    case "gone":
      if (isYoung) return WAITS;
      return {
        kind: "left",
        note: `Batch ${id} is no longer known to its provider: its requests are sent again.`,
      };
    case "refused":
      if (!look.failure.transient) return { kind: "ended", replies: refusals(look, parts.batches.rows(no)) };
      return {
        kind: "left",
        note: `Batch ${id}: ${look.failure.message}. The requests of this batch are sent again.`,
      };
    case "ended":
      return readAnswers(parts, id, look);
    default:
      return look satisfies never;
  }
}

/** The failures of the refused requests. The other requests of the batch have no reply. */
function refusals(
  { failure, of }: Extract<BatchLook, { kind: "refused" }>,
  rows: readonly BatchRow[],
): Replies {
  return new Map(
    rows.flatMap(({ custom_id }, index) => {
      const message = of.size === 0 ? failure.message : of.get(index);
      return message === undefined ? [] : [[custom_id, { ...failure, message }] as const];
    }),
  );
}

async function readAnswers(
  { signal, clock }: LookParts,
  id: string,
  look: Extract<BatchLook, { kind: "ended" }>,
): Promise<Looked> {
  const read = await look.read(signal);
  if ("kind" in read)
    return { kind: "waits", note: `The answers of batch ${id} could not be read: ${read.failure.message}` };
  const replies = new Map(read.map(({ custom_id, reply }) => [custom_id, reply]));
  return isShort(replies, look, clock())
    ? { kind: "waits", note: `Not all answers of batch ${id} can be read yet.` }
    : { kind: "ended", replies };
}

/** Whether the files have fewer answers than the provider counts, so that they are not complete yet. */
function isShort(
  replies: Replies,
  { answered, at }: Extract<BatchLook, { kind: "ended" }>,
  now: number,
): boolean {
  if (answered === null || at === null || now - at > WRITTEN_AFTER_MS) return false;
  return [...replies.values()].filter((reply) => reply !== null).length < answered;
}
