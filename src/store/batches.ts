/** One request of a batch. */
export interface BatchRow {
  /** By which its answer is found again. */
  readonly custom_id: string;
  /** What it asks: the case's number and the trial, or a judge's question. */
  readonly what: string;
}

/** A batch of a run, written down before anything of it leaves this machine. */
export interface StoredBatch {
  readonly no: number;
  /** Who asks: `target`, or the hash of a judge's model. */
  readonly asker: string;
  /**
   * `planned`: it was never asked for. `asked`: it may exist, and its id is not known. `sent`: it exists. `read`: all that it brought is in
   * the history.
   */
  readonly state: "planned" | "asked" | "sent" | "read";
  /** Id of the uploaded file at the provider; null without one. */
  readonly file: string | null;
  /** Its id at the provider; null as long as it is not known. */
  readonly remote: string | null;
  /** When it was asked for, in milliseconds since 1970, UTC; before that, when it was planned. */
  readonly at: number;
}

/** How often something was asked in batches that have been read. */
export interface BatchTries {
  readonly batches: number;
  /** Those in which it was run and failed. */
  readonly failed: number;
}

/** The batches of runs. Each call is on the disk when it returns. */
export interface Batches {
  /** In the order in which they were planned. */
  ofRun(runNo: number): StoredBatch[];
  /** In the order in which they are in it. */
  rows(batchNo: number): BatchRow[];
  /** Of everything that was ever in a batch of this asker, those under way included. */
  tries(runNo: number, asker: string): Map<string, BatchTries>;
  /** @returns its number */
  plan(runNo: number, asker: string, rows: readonly BatchRow[]): number;
  /** It is about to be asked for. @param file as `StoredBatch` has it */
  asked(batchNo: number, file: string | null): void;
  /** @param remote its id at the provider */
  sent(batchNo: number, remote: string): void;
  /** All that it brought is in the history. @param failed rows that were run and failed, by their `custom_id` */
  read(batchNo: number, failed: readonly string[]): void;
}
