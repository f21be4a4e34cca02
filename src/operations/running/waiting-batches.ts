import { everyItem } from "../../domain/pages.ts";
import { goOnCommand } from "../../reports/unfinished.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { RunRequest } from "./run-request.ts";

type Fits = (run: Pick<StoredRun, "header">) => boolean;

/** For each plan the newest run that waits for a batch: its requests are paid for but not answered yet. */
async function waitingRuns(
  store: Pick<Store, "read" | "batches">,
  plans: readonly Plan[],
  fits: Fits,
): Promise<ReadonlyMap<Plan, StoredRun>> {
  const found = new Map<Plan, StoredRun>();
  for (const plan of plans) {
    for await (const { no, header } of everyItem((page) => store.read.runs({ plan: plan.hash }, page))) {
      if (!fits({ header }) || !store.batches.ofRun(no).some(({ state }) => state !== "read")) continue;
      const run = await store.read.run(no);
      if (run !== undefined) found.set(plan, run);
      break;
    }
  }
  return found;
}

/**
 * The runs that a command with `--batch` resumes even without `--resume`: the same batch is in progress, and a
 * second one would be paid again. Without `--batch`, there is only a notice. `--no-cache` asks again on
 * purpose.
 */
export async function runsThatWait(
  store: Pick<Store, "read" | "batches">,
  plans: readonly Plan[],
  { batch, cache }: Pick<RunRequest, "batch" | "cache">,
  notice: (text: string) => void,
  fits: Fits,
): Promise<ReadonlyMap<Plan, StoredRun>> {
  if (!cache) return new Map();
  const waiting = await waitingRuns(store, plans, fits);
  for (const [{ suite }, { header }] of waiting) {
    const run = `${suite.name}: run ${header.id}, which asks the same, waits for a batch`;
    notice(
      batch
        ? `${run}: going on with it. To pay for another one: --no-cache.`
        : `${run}. This run pays for its own answers; to fetch those instead: ${goOnCommand(header) ?? "evals run --resume"}`,
    );
  }
  return batch ? waiting : new Map();
}
