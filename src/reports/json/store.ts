import type { HistoryCheck, HistorySize, PrunedHistory } from "../../domain/store-care.ts";
import type { DocumentHead } from "./documents.ts";

interface StoreHead extends DocumentHead {
  readonly schema: "evals.store/1";
}

/** What `evals store info --json` prints. */
export interface StoreInfoDocument extends StoreHead, HistorySize {}

/** What `evals store verify --json` prints. */
export interface StoreVerifyDocument extends StoreHead, HistoryCheck {
  readonly ok: boolean;
}

/** What `evals store prune --json` prints. */
export interface StorePruneDocument extends StoreHead, PrunedHistory {}

export function storeInfoDocument(size: HistorySize): StoreInfoDocument {
  return { schema: "evals.store/1", exit: 0, ...size };
}

export function storeVerifyDocument(exit: number, check: HistoryCheck): StoreVerifyDocument {
  return { schema: "evals.store/1", exit, ok: check.faults.length === 0, ...check };
}

export function storePruneDocument(pruned: PrunedHistory): StorePruneDocument {
  return { schema: "evals.store/1", exit: 0, ...pruned };
}
