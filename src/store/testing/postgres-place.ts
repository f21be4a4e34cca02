import { markProcess } from "../../processes/process-mark.ts";
import { openPostgresStore } from "../postgres/postgres-store.ts";
import type { StorePlace } from "../store-contract.ts";

let places = 0;

/** A new store in a schema of its own, in a database that several stores share. */
export function postgresPlace(url: string): StorePlace & { readonly schema: string } {
  const schema = `history_${++places}`;
  return {
    schema,
    open: (self = markProcess(process.pid)) =>
      openPostgresStore({
        address: `${url}?schema=${schema}`,
        now: () => Date.UTC(2025, 2, 1, 12),
        self,
        notice: () => {},
        patience_ms: 10_000,
      }),
    remove: () => {},
  };
}
