import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../open-store.ts";
import type { StorePlace } from "../store-contract.ts";

/** An empty project root in a temporary folder. */
export function sqlitePlace(): StorePlace & { readonly root: string; readonly file: string } {
  const root = mkdtempSync(join(tmpdir(), "evals-store-"));
  return {
    root,
    file: join(root, ".evals/history.db"),
    open: (self) => openStore(root, () => Date.UTC(2025, 2, 1, 12), self),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
