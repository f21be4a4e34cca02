import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";

/**
 * The history of a project, wherever it is kept: everything that reads or writes it comes through here.
 * @throws {EvalsError} as `openStore`
 */
export function openStoredHistory(root: string, { date }: Pick<Environment, "date">): Promise<Store> {
  return openStore(root, () => date().getTime());
}

/**
 * The same for a command that pays for answers: those that have arrived are kept even when a module of the user ends
 * the process.
 * @throws {EvalsError} as `openStore`
 */
export async function openWrittenHistory(root: string, io: Environment): Promise<Store> {
  const store = await openStoredHistory(root, io);
  const forget = io.onExit(store.close);
  return {
    ...store,
    close: () => {
      forget();
      store.close();
    },
  };
}
