/** One request of a batch. */
export interface BatchRow {
  /** Id by which its answer is found again. */
  readonly custom_id: string;
  /** The case number and trial, or a judge's question. */
  readonly what: string;
}

/** A batch of a run, stored before any of it is sent. */
export interface StoredBatch {
  readonly no: number;
  /** The asker of the batch's requests: `target`, or the hash of a judge's model. */
  readonly asker: string;
  /**
   * `planned`: not sent. `asked`: it may exist at the provider, but its id is unknown. `sent`: it exists. `read`: all
   * its results are in the store.
   */
  readonly state: "planned" | "asked" | "sent" | "read";
  /** Id of the uploaded file at the provider; null without one. */
  readonly file: string | null;
  /** The batch's id at the provider; null until it is known. */
  readonly remote: string | null;
  /** When it was sent, or planned if it was not sent yet, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** A batch that another run sent and has not read. */
export interface BatchElsewhere extends StoredBatch {
  readonly run_no: number;
}

/** How often one request was in batches. */
export interface BatchTries {
  /** Number of batches with the request, finished or not. */
  readonly batches: number;
  /** Number of batches in which it was run and failed. */
  readonly failed: number;
}

/** The batches of runs. Each call is durable when it returns. */
export interface Batches {
  /** The batches of a run, in the order of planning. */
  ofRun(runNo: number): StoredBatch[];
  /**
   * Batches of an asker in all other runs that may exist at the provider and are not read, in the order of
   * planning.
   */
  elsewhere(runNo: number, asker: string): BatchElsewhere[];
  /** The requests of a batch, in their order. */
  rows(batchNo: number): BatchRow[];
  /** By `what` of the request: everything of a run that was ever in a batch of this asker. */
  tries(runNo: number, asker: string): Map<string, BatchTries>;
  /** Stores a new batch. @returns its number */
  plan(runNo: number, asker: string, rows: readonly BatchRow[]): number;
  /** Marks a batch as about to be sent. @param file see `StoredBatch` */
  asked(batchNo: number, file: string | null): void;
  /** Marks a batch as sent. @param remote its id at the provider */
  sent(batchNo: number, remote: string): void;
  /** Marks a batch as completely stored. @param failed `custom_id`s of rows that were run and failed */
  read(batchNo: number, failed: readonly string[]): void;
}
