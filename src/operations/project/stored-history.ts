import { readEnvFile } from "../../project/read-env-file.ts";
import { workTree } from "../../project/work-tree.ts";
import { hasHistory } from "../../store/history-file.ts";
import { openSharedStore, openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";

/** Environment variable, also in `.env`, with the address of a PostgreSQL store. */
const SHARED = "EVALS_HISTORY";

/** What opening the store needs: variables that name its location, a clock, and a way to show messages. */
export type HistoryOutside = Pick<Environment, "date" | "env" | "notice">;

/**
 * Opens a project's store: the PostgreSQL store that EVALS_HISTORY names, or else the file in `.evals`.
 *
 * @throws {EvalsError} like `openStore`
 */
export function openStoredHistory(root: string, io: HistoryOutside): Promise<Store> {
  const address = sharedAddress(root, io);
  const now = (): number => io.date().getTime();
  return address === undefined ? openStore(root, now) : openSharedStore(address, now, io.notice);
}

/**
 * Opens the store file in a folder, for instance a copy of a store. EVALS_HISTORY has no effect here.
 *
 * @throws {EvalsError} like `openStore`
 */
export function openHistoryFile(root: string, { date }: Pick<Environment, "date">): Promise<Store> {
  return openStore(root, () => date().getTime());
}

/** Whether there is a store that may contain something. */
export function hasStoredHistory(root: string, io: HistoryOutside): boolean {
  return sharedAddress(root, io) !== undefined || hasHistory(root);
}

/**
 * Like `openStoredHistory`, for a command that pays for answers: paid answers are stored even if a module of the user
 * ends the process.
 *
 * @throws {EvalsError} like `openStore`
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

function sharedAddress(root: string, { env }: HistoryOutside): string | undefined {
  const address = SHARED in env ? env[SHARED] : readEnvFile(workTree(root))[SHARED];
  return address === "" ? undefined : address;
}
