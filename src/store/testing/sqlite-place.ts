import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markProcess } from "../../processes/process-mark.ts";
import { HISTORY_FILE } from "../history-file.ts";
import type { SqliteLibrary } from "../sqlite/open-database.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import type { StorePlace } from "../store-contract.ts";

/** An empty project root in a temporary folder. */
export function sqlitePlace(
  libraries?: readonly SqliteLibrary[],
): StorePlace & { readonly root: string; readonly file: string } {
  const root = mkdtempSync(join(tmpdir(), "evals-store-"));
  return {
    root,
    file: join(root, HISTORY_FILE),
    open: (self = markProcess(process.pid)) =>
      openSqliteStore(root, () => Date.UTC(2025, 2, 1, 12), self, libraries),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
