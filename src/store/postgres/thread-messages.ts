import type { MessagePort } from "node:worker_threads";

/**
 * The names of the connections: `main` is for statements and transactions, `reader` for scans during which `main`
 * is used, and `beat` for heartbeats.
 */
export type ConnectionName = "main" | "reader" | "beat";

/** Indices of the counters in `ThreadData.signal`. */
export const REPLIES = 0;
export const BEATS = 1;

/** The start parameters of the thread. */
export interface ThreadData {
  readonly url: string;
  /** Two counters in shared memory: of replies, for which the waiting thread blocks, and of heartbeats. */
  readonly signal: SharedArrayBuffer;
  /** The end of the channel on which the thread receives requests and sends replies. */
  readonly port: MessagePort;
}

export type Asked =
  | {
      readonly kind: "query";
      readonly on: ConnectionName;
      readonly text: string;
      readonly values: readonly unknown[];
      /** Whether rows are returned as lists of values instead of objects. */
      readonly lists: boolean;
    }
  /** Drops a connection and any open transaction on it. */
  | { readonly kind: "drop"; readonly on: ConnectionName }
  | { readonly kind: "pause"; readonly ms: number }
  /** Sends a heartbeat at once, and then at regular intervals. */
  | {
      readonly kind: "beat";
      readonly text: string;
      readonly values: readonly unknown[];
      readonly every_ms: number;
    }
  | { readonly kind: "close" };

export type Reply =
  | { readonly kind: "rows"; readonly rows: readonly unknown[]; readonly changes: number }
  | Failed;

export interface Failed {
  readonly kind: "failed";
  /** SQLSTATE or system error code; null when there is none. */
  readonly code: string | null;
  readonly message: string;
  /** Whether a retry may succeed. */
  readonly passing: boolean;
}
