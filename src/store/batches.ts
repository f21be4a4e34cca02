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
  /** Who asks: `target`, or the hash of a judge's model. */
  readonly asker: string;
  /**
   * `planned`: not sent. `asked`: it may exist at the provider, but its id is unknown. `sent`: it exists. `read`: all
   * its results are in the store.
   */
  readonly state: "planned" | "asked" | "sent" | "read";
  /** Id of the uploaded file at the provider; null without one. */
  readonly file: string | null;
  /** Its id at the provider; null until it is known. */
  readonly remote: string | null;
  /** When it was sent, or planned if it was not sent yet, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** A batch that another run sent and has not read. */
export interface BatchElsewhere extends StoredBatch {
  readonly run_no: number;
}

/** How often an item was asked in batches that have been read. */
export interface BatchTries {
  readonly batches: number;
  /** Batches in which it was run and failed. */
  readonly failed: number;
}

/** The batches of runs. Each call is durable when it returns. */
export interface Batches {
  /** In the order of planning. */
  ofRun(runNo: number): StoredBatch[];
  /** Of all other runs, in the order of planning: those of an asker that may exist at the provider and are not read. */
  elsewhere(runNo: number, asker: string): BatchElsewhere[];
  /** In their order in the batch. */
  rows(batchNo: number): BatchRow[];
  /** For everything that was ever in a batch of this asker, including unfinished batches. */
  tries(runNo: number, asker: string): Map<string, BatchTries>;
  /** @returns its number */
  plan(runNo: number, asker: string, rows: readonly BatchRow[]): number;
  /** Marks a batch as about to be sent. @param file see `StoredBatch` */
  asked(batchNo: number, file: string | null): void;
  /** @param remote its id at the provider */
  sent(batchNo: number, remote: string): void;
  /** Marks a batch as completely stored. @param failed `custom_id`s of rows that were run and failed */
  read(batchNo: number, failed: readonly string[]): void;
}
