import type { FailedReply, PreparedRequest, Reply } from "./reply.ts";

/** A request that did not bring what was wanted. */
export interface BatchTrouble {
  readonly kind: "trouble";
  readonly failure: FailedReply;
  /** Nothing was done at the provider: what was asked for may be asked for again. */
  readonly undone: boolean;
}

/** What became of one request of a batch. */
export interface BatchAnswer {
  readonly custom_id: string;
  /** Null where it was never run: the batch ended before its turn. */
  readonly reply: Reply | null;
}

/** A batch that may have been created, though nobody knows its id. */
export interface LostBatch {
  /** What it was created with. */
  readonly key: string;
  /** The uploaded file; null where a batch has none. */
  readonly file: string | null;
  readonly custom_ids: readonly string[];
  /** When it was asked for, in milliseconds since 1970, UTC. */
  readonly at: number;
  /** Ids of batches that are known to be others. */
  readonly others: ReadonlySet<string>;
}

/** `unsure`: one that still runs may be it, which only its answers will show. */
export type FoundBatch =
  | { readonly kind: "found"; readonly id: string }
  | { readonly kind: "none" | "unsure" };

/** How a batch is at its provider. */
export type BatchLook =
  | { readonly kind: "working" }
  /** Its provider does not know it (any more). */
  | { readonly kind: "gone" }
  /** It was never begun. */
  | {
      readonly kind: "refused";
      readonly failure: FailedReply;
      /** What is wrong with single requests, by their place in the batch, from 0; empty where it holds for all. */
      readonly of: ReadonlyMap<number, string>;
    }
  | {
      readonly kind: "ended";
      /** In milliseconds since 1970, UTC; null where it is unknown. */
      readonly at: number | null;
      /** How many requests were answered, as the provider counts; null where it does not. */
      readonly answered: number | null;
      /** Every answer of every file. */
      read(signal: AbortSignal): Promise<readonly BatchAnswer[] | BatchTrouble>;
    };

/** A provider's way to answer many requests later, for less. Nothing here is tried again but reading. */
export interface BatchService {
  /** One request as it is in a batch. */
  line(custom_id: string, request: PreparedRequest): Promise<string | FailedReply>;
  /** Puts the lines where `create` names them; absent where `create` is given them. @returns the id of the file */
  upload?(key: string, lines: readonly string[], signal: AbortSignal): Promise<string | BatchTrouble>;
  /** Begins a batch, which is paid for from then on. @returns its id */
  create(
    batch: { readonly key: string; readonly file: string | null; readonly lines: readonly string[] },
    signal: AbortSignal,
  ): Promise<string | BatchTrouble>;
  /** Looks for a batch whose id never arrived. */
  find(lost: LostBatch, signal: AbortSignal): Promise<FoundBatch | BatchTrouble>;
  look(id: string, signal: AbortSignal): Promise<BatchLook | BatchTrouble>;
  close(): Promise<void>;
}

/** What a batch service needs of the outside. */
export interface BatchHost {
  /** Waits; ends early when the signal aborts, by resolving or by rejecting. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}
