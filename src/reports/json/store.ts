import type { HistoryCheck, HistorySize, PrunedHistory } from "../../domain/store-care.ts";
import type { DocumentHead } from "./documents.ts";

interface StoreHead extends DocumentHead {
  readonly schema: "evals.store/1";
}

/** The output of `evals store info --json`. */
export interface StoreInfoDocument extends StoreHead, HistorySize {}

/** The output of `evals store verify --json`. */
export interface StoreVerifyDocument extends StoreHead, HistoryCheck {
  readonly ok: boolean;
}

/** The output of `evals store prune --json`. */
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
