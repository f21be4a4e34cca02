import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";

/**
 * The history for a command that pays for answers: those that have arrived are kept even when a module of the user ends
 * the process.
 * @throws {EvalsError} as `openStore`
 */
export async function openWrittenHistory(root: string, io: Environment): Promise<Store> {
  const store = await openStore(root, () => io.date().getTime());
  const forget = io.onExit(store.close);
  return {
    ...store,
    close: () => {
      forget();
      store.close();
    },
  };
}
