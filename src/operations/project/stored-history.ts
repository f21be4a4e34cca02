import { readEnvFile } from "../../project/read-env-file.ts";
import { workTree } from "../../project/work-tree.ts";
import { hasHistory } from "../../store/history-file.ts";
import { openSharedStore, openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";

/** Variable of the environment, or of `.env`, that holds the address of a PostgreSQL where the history is. */
const SHARED = "EVALS_HISTORY";

/** What of the outside decides where a history is. */
export type HistoryOutside = Pick<Environment, "date" | "env" | "notice">;

/**
 * The history of a project, wherever it is kept: everything that reads or writes it comes through here.
 * @throws {EvalsError} as `openStore`
 */
export function openStoredHistory(root: string, io: HistoryOutside): Promise<Store> {
  const address = sharedAddress(root, io);
  const now = (): number => io.date().getTime();
  return address === undefined ? openStore(root, now) : openSharedStore(address, now, io.notice);
}

/**
 * The history in the file below a folder, whatever the environment says: that of a copy, say.
 * @throws {EvalsError} as `openStore`
 */
export function openHistoryFile(root: string, { date }: Pick<Environment, "date">): Promise<Store> {
  return openStore(root, () => date().getTime());
}

/** Whether there is a history that may hold something. */
export function hasStoredHistory(root: string, io: HistoryOutside): boolean {
  return sharedAddress(root, io) !== undefined || hasHistory(root);
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

function sharedAddress(root: string, { env }: HistoryOutside): string | undefined {
  const address = SHARED in env ? env[SHARED] : readEnvFile(workTree(root))[SHARED];
  return address === "" ? undefined : address;
}
