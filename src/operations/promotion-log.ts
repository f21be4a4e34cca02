import { existsSync } from "node:fs";
import { join } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import type { LogEntry, LoggedTag, PromotionLog } from "../domain/promotion-log.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { GateOutcome } from "../domain/verdict.ts";
import { isShallow } from "../git/git-folder.ts";
import { type PromotionEntry, promotionHistory } from "../git/promotion-history.ts";
import { requireRepository } from "../git/require-repository.ts";
import { readBlobs } from "../git/tags.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { readPromotion } from "./project/read-promotion.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { otherProjectOf } from "./project/tag-project.ts";
import { type LogSources, loggedChange } from "./promoting/log-entry.ts";
import { movedSuites } from "./promoting/tag-truth.ts";

/** Who promoted or rolled back what, when and why, read from git. */
export async function promotionLog(
  io: Environment,
  { directory }: { readonly directory?: string | undefined },
): Promise<PromotionLog> {
  const { root } = locate(io, directory);
  await requireRepository(root);
  const history = await promotionHistory(root);
  const texts = await readBlobs(
    root,
    history.flatMap(({ files }) =>
      files.flatMap((one) => [one.before, one.after]).filter((id) => id !== null),
    ),
  );
  const store = await historyHere(root, io);
  try {
    const sources: LogSources = {
      textOf: (id) => texts.get(id)?.toString("utf8") ?? null,
      gateOf: (run) => gateOfRun(store?.runsByPrefix(run)[0]),
    };
    const entries = await Promise.all(history.map((entry) => logEntry(entry, root, sources)));
    return { entries, shallow: isShallow(root) };
  } finally {
    store?.close();
  }
}

/** An entry with its changes, its tags, and whether the tags match their commit. */
async function logEntry(entry: PromotionEntry, root: string, sources: LogSources): Promise<LogEntry> {
  const tags = entry.tags.map(async ({ name, message }): Promise<LoggedTag | null> => {
    if ((await otherProjectOf(root, { commit: entry.commit, message })) !== null) return null;
    const promotion = readPromotion(message);
    const moved = await movedSuites(root, { commit: entry.commit }, promotion);
    return { name, ...promotion, moved: moved.length > 0 };
  });
  const { files: _files, merge: _merge, ...shown } = entry;
  const own = (await Promise.all(tags)).filter((one) => one !== null);
  return { ...shown, tags: own, ...loggedChange(entry, sources) };
}

/**
 * This machine's store; null when it does not exist or cannot be opened. It still knows the gate outcome of a run
 * when a squash of commits has removed the outcome from the commit message.
 */
async function historyHere(root: string, io: Environment): Promise<Store | null> {
  if (!existsSync(join(root, ".evals"))) return null;
  try {
    return await openStoredHistory(root, io);
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

function gateOfRun(run: StoredRun | undefined): GateOutcome | null {
  return (run && storedSummary(run).gate?.outcome) ?? null;
}
