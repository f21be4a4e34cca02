import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { locate } from "../project/open-project.ts";
import { hasStoredHistory, openStoredHistory } from "../project/stored-history.ts";

/**
 * Opens a project's store, if there is one, and passes it to a function. No store is created.
 *
 * @param none the result when there is no store yet
 */
export async function withHistory<T>(
  io: Environment,
  directory: string | undefined,
  none: T,
  read: (store: Store, root: string) => Promise<T>,
): Promise<T> {
  const { root } = locate(io, directory);
  if (!hasStoredHistory(root, io)) return none;
  const store = await openStoredHistory(root, io);
  try {
    return await read(store, root);
  } finally {
    store.close();
  }
}
