import { EvalsError } from "../domain/problem.ts";
import type { HistoryCheck } from "../domain/store-care.ts";
import { HISTORY_FILE } from "../store/history-file.ts";
import type { Environment } from "./environment.ts";
import { withHistory } from "./store-care/open-history.ts";

/** Checks the whole store: whether its pages are intact, and whether all references exist. */
export async function verifyStore(
  io: Environment,
  { directory }: { readonly directory?: string | undefined },
): Promise<HistoryCheck> {
  try {
    const none = { path: HISTORY_FILE, faults: [] };
    return await withHistory(io, directory, none, async ({ care }) => ({
      path: care.place,
      faults: await care.faults(),
    }));
  } catch (error) {
    // The store is too damaged to be opened. This is a finding of the check, and no error of the command.
    const problem = error instanceof EvalsError ? error.problems[0] : undefined;
    if (problem?.code !== "EVALS_STORE_CORRUPT") throw error;
    return { path: problem.path ?? HISTORY_FILE, faults: [problem.what] };
  }
}
