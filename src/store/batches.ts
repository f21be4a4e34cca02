/** One request of a batch. */
export interface BatchRow {
  /**
   * The id of the request in the batch. The provider returns it with the answer, and so tells which request was
   * answered.
   */
  readonly custom_id: string;
  /** What the request asks: `<case number>/<trial>` for the target, `<hash of the question>#<draw>` for a judge. */
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
  /** Id that the provider gave to the uploaded file of requests; null when no file was uploaded. */
  readonly file: string | null;
  /** The batch's id at the provider; null until it is known. */
  readonly remote: string | null;
  /** When it was sent, or planned if it was not sent yet, in milliseconds since 1970 UTC. */
  readonly at: number;
}

/** A batch of another run. It may exist at the provider, and its results are not in the store yet. */
export interface BatchElsewhere extends StoredBatch {
  readonly run_no: number;
}

/** How often one request was in batches. */
export interface BatchTries {
  /** Number of batches with the request, finished or not. */
  readonly batches: number;
  /** Number of batches in which the provider ran the request and the request failed. */
  readonly failed: number;
}

/** The batches of runs. Each call is durable when it returns. */
export interface Batches {
  /** The batches of a run, in the order of planning. */
  ofRun(runNo: number): StoredBatch[];
  /**
   * From all other runs, the batches of this asker that may exist at the provider and whose results are not in the
   * store yet. In the order of planning.
   */
  elsewhere(runNo: number, asker: string): BatchElsewhere[];
  /** The requests of a batch, in their order. */
  rows(batchNo: number): BatchRow[];
  /**
   * How often each request of a run was in batches of this asker, by the request's `what`. Requests that were never
   * in a batch are absent.
   */
  tries(runNo: number, asker: string): Map<string, BatchTries>;
  /** Stores a new batch. @returns its number */
  plan(runNo: number, asker: string, rows: readonly BatchRow[]): number;
  /** Marks a batch as about to be sent. @param file see `StoredBatch` */
  asked(batchNo: number, file: string | null): void;
  /** Marks a batch as sent. @param remote its id at the provider */
  sent(batchNo: number, remote: string): void;
  /**
   * Marks a batch as read, once all its results are in the store.
   *
   * @param failed `custom_id`s of the requests that the provider ran and that failed
   */
  read(batchNo: number, failed: readonly string[]): void;
}
