import { statSync } from "node:fs";
import { join } from "node:path";
import type { HistorySize } from "../domain/store-care.ts";
import { earlierHistories, HISTORY_FILE } from "../store/history-file.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { withHistory } from "./store-care/open-history.ts";

/** The size and location of this project's store. */
export async function storeInfo(
  io: Environment,
  { directory }: { readonly directory?: string | undefined },
): Promise<HistorySize> {
  const { root } = locate(io, directory);
  const none = {
    path: HISTORY_FILE,
    runs: 0,
    answers: 0,
    judgements: 0,
    traces: 0,
    oldest: null,
    newest: null,
    bytes: 0,
  };
  const size = await withHistory(io, directory, none, async ({ care }) => ({
    path: care.place,
    ...(await care.size()),
  }));
  const earlier = earlierHistories(root).map((path) => ({ path, bytes: statSync(join(root, path)).size }));
  return { ...size, earlier };
}
