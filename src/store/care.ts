import type { Json } from "../domain/json.ts";

/** What a history amounts to. */
export interface StoreSize {
  /** Runs as they are listed: canaries are parts of others. */
  readonly runs: number;
  /** Answers of targets that are kept. */
  readonly answers: number;
  /** Replies of judges that are kept. */
  readonly judgements: number;
  /** Traces of production. */
  readonly traces: number;
  /** ISO 8601, UTC: when the oldest and the newest run began; null for none. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** Of the files that hold it, copies of earlier versions left out. */
  readonly bytes: number;
}

/** What is to be taken out of a history. Nobody may be at work on any of these runs. */
export interface Pruning {
  /** Numbers of runs that go as a whole. */
  readonly runs: readonly number[];
  /** Numbers of runs that lose their answers, reasons and messages, and keep their numbers. */
  readonly answers: readonly number[];
  /** A report without the texts of answers. */
  readonly withoutTexts: (report: Json) => Json;
  /** Milliseconds since 1970, UTC: answers and judges' replies of before that no run has any more go too, and traces of before. */
  readonly loose_before: number;
}

/** What a pruning did. */
export interface Pruned {
  readonly answers: number;
  readonly judgements: number;
  readonly traces: number;
  /** Nothing of what was taken is in any of the files; false while another process reads an older state of them. */
  readonly erased: boolean;
}

/** Looking after a history as a whole. */
export interface StoreCare {
  /** Where it is, as a person would name it: a path from the root, or a database's address without who asks. */
  readonly place: string;
  size(): Promise<StoreSize>;
  /** One sentence for each damage; empty for a sound history. */
  faults(): Promise<readonly string[]>;
  /** How many traces a pruning would take that takes what is older than this: milliseconds since 1970, UTC. */
  oldTraces(before: number): Promise<number>;
  /**
   * Takes runs and answers out, and every byte of them: what they alone needed is overwritten or cut off. An answer that
   * another run took from the cache stays.
   */
  prune(what: Pruning): Promise<Pruned>;
}
