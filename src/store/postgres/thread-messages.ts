import type { MessagePort } from "node:worker_threads";

/** `main` for statements and transactions, `reader` for a scan that others may interrupt, `beat` for signs of life. */
export type ConnectionName = "main" | "reader" | "beat";

/** What the thread is started with. */
export interface ThreadData {
  readonly url: string;
  /** Counts replies: whoever waits for one waits for this to change. */
  readonly signal: SharedArrayBuffer;
  /** Where questions come from and replies go. */
  readonly port: MessagePort;
}

export type Asked =
  | {
      readonly kind: "query";
      readonly on: ConnectionName;
      readonly text: string;
      readonly values: readonly unknown[];
      /** Rows as lists of values, not as objects. */
      readonly lists: boolean;
    }
  /** Leaves a connection, whatever is open on it. */
  | { readonly kind: "drop"; readonly on: ConnectionName }
  | { readonly kind: "pause"; readonly ms: number }
  /** Says now, and again and again, that this process lives. */
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
  /** SQLSTATE, or a code of the system; null where there is none. */
  readonly code: string | null;
  readonly message: string;
  /** The same may succeed later. */
  readonly passing: boolean;
}
