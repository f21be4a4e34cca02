import type { FailedReply, PreparedRequest, Reply } from "./reply.ts";

/** A failed request to a provider's batch service. */
export interface BatchTrouble {
  readonly kind: "trouble";
  readonly failure: FailedReply;
  /** Whether the provider did nothing, so that the request can be repeated. */
  readonly undone: boolean;
}

/** The result of one request of a batch. */
export interface BatchAnswer {
  readonly custom_id: string;
  /** Null when the request was not run before the batch ended. */
  readonly reply: Reply | null;
}

/** A batch that may have been created but whose id is unknown. */
export interface LostBatch {
  /** The key that was sent to create the batch. */
  readonly key: string;
  /** Id of the uploaded file; null when there is none. */
  readonly file: string | null;
  readonly custom_ids: readonly string[];
  /** When the batch was requested, in milliseconds since 1970, UTC. */
  readonly at: number;
  /** Ids of other batches, which are already known, so none of them is the lost batch. */
  readonly others: ReadonlySet<string>;
}

/** `unsure`: a running batch might be the lost batch, which only the running batch's answers will show. */
export type FoundBatch =
  | { readonly kind: "found"; readonly id: string }
  | { readonly kind: "none" | "unsure" };

/** The state of a batch at its provider. */
export type BatchLook =
  | { readonly kind: "working" }
  /** The provider does not know the batch: it never did, or it has deleted the batch. */
  | { readonly kind: "gone" }
  /** The provider rejected the batch. */
  | {
      readonly kind: "refused";
      readonly failure: FailedReply;
      /** Errors of single requests by index in the batch, from 0; empty for an error of the whole batch. */
      readonly of: ReadonlyMap<number, string>;
    }
  | {
      readonly kind: "ended";
      /** When the batch ended, in milliseconds since 1970, UTC; null when unknown. */
      readonly at: number | null;
      /** Number of answered requests according to the provider; null when the provider does not say. */
      readonly answered: number | null;
      /** Reads all answers of the batch, from all of the provider's result files. */
      read(signal: AbortSignal): Promise<readonly BatchAnswer[] | BatchTrouble>;
    };

/**
 * A provider's service that answers many requests later at a lower price. Calls that only read are retried. `upload`
 * and `create` are sent once, because a retry could upload a second file, or start and pay a second batch.
 */
export interface BatchService {
  /** Formats one request as a line of a batch. @returns a failure when an attached file has changed */
  line(custom_id: string, request: PreparedRequest): Promise<string | FailedReply>;
  /** Uploads the lines for `create`; absent when `create` takes them directly. @returns the id of the file */
  upload?(key: string, lines: readonly string[], signal: AbortSignal): Promise<string | BatchTrouble>;
  /** Starts a batch, which is billed from then on. @returns the id of the batch */
  create(
    batch: { readonly key: string; readonly file: string | null; readonly lines: readonly string[] },
    signal: AbortSignal,
  ): Promise<string | BatchTrouble>;
  /** Looks for a batch whose id was never received. */
  find(lost: LostBatch, signal: AbortSignal): Promise<FoundBatch | BatchTrouble>;
  look(id: string, signal: AbortSignal): Promise<BatchLook | BatchTrouble>;
  close(): Promise<void>;
}

/** The functions that a batch service needs from its environment. */
export interface BatchHost {
  /** Waits. When the signal aborts, the promise resolves or rejects early. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
}
