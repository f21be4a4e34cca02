import { goOnCommand } from "../../reports/unfinished.ts";
import type { Plan } from "../../run/plan.ts";
import { everyItem } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { RunRequest } from "./run-request.ts";

type Fits = (run: Pick<StoredRun, "header">) => boolean;

/** Of each plan the newest run that waits for a batch: what it asked for is paid for, and not here yet. */
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
 * The runs that a command must go on with although there is no `--resume`: a batch of the same is under way, and another one
 * would be paid for once more. A run that asks call by call gets a notice. `--no-cache` asks anew on purpose.
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
