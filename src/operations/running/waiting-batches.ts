import { factsOfTarget } from "../../domain/listed-target.ts";
import { everyItem } from "../../domain/pages.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { RunRequest } from "./run-request.ts";

type Fits = (run: Pick<StoredRun, "header">) => boolean;
type History = Pick<Store, "read" | "batches">;

/** For each plan, the newest run of it that waits for a batch: its requests are paid for, but not answered yet. */
async function waitingRuns(
  store: History,
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
 * The runs that a command with `--batch` resumes even without `--resume`. A batch with the same requests is in
 * progress already, and a second batch would be paid again. With `--no-cache` the user pays again on purpose.
 */
export async function runsThatWait(
  store: History,
  plans: readonly Plan[],
  { batch, cache }: Pick<RunRequest, "batch" | "cache">,
  notice: (text: string) => void,
  fits: Fits,
): Promise<ReadonlyMap<Plan, StoredRun>> {
  if (!batch || !cache) return new Map();
  const waiting = await waitingRuns(store, plans, fits);
  for (const [{ suite }, { header }] of waiting)
    notice(
      `${suite.name}: run ${header.id}, which asks the same questions, waits for a batch and is resumed. To pay for another batch: --no-cache.`,
    );
  return waiting;
}

/**
 * One sentence for each plan that starts a run of single calls while a batch of the same suite and target waits. It
 * names the command that fetches the batch's answers. A run in batches needs no such note: it fetches the answers
 * itself.
 */
export async function waitingNotes(
  store: History,
  started: readonly Plan[],
  { batch, cache }: Pick<RunRequest, "batch" | "cache">,
  fits: Fits,
): Promise<ReadonlyMap<Plan, string>> {
  const notes = new Map<Plan, string>();
  const plans = started.filter(({ target }) => target.client.immediate !== true);
  if (batch || !cache || plans.length === 0) return notes;
  const same = await waitingRuns(store, plans, fits);
  const others = await runsOfOpenBatches(store);
  for (const plan of plans) {
    const run = same.get(plan);
    const header = run?.header ?? others.find((one) => isOfTarget(plan, one.header) && fits(one))?.header;
    if (header === undefined) continue;
    const asks = run === undefined ? "other cases or trials of the same suite and target" : "the same";
    notes.set(
      plan,
      `Run ${header.id}, which asks ${asks}, waits for a batch. This run pays for its own answers; to fetch the batch's answers instead: ${resumeCommand(header)}`,
    );
  }
  return notes;
}

/** A number that no run has. `elsewhere` leaves out the batches of one run; with this number it leaves out none. */
const NONE = 0;

/** The runs that wait for a batch of their target's answers, newest first. */
async function runsOfOpenBatches({ batches, read }: History): Promise<readonly StoredRun[]> {
  const numbers = new Set(batches.elsewhere(NONE, "target").map(({ run_no }) => run_no));
  const runs: StoredRun[] = [];
  for (const no of [...numbers].sort((a, b) => b - a)) {
    const run = await read.run(no);
    if (run !== undefined) runs.push(run);
  }
  return runs;
}

function isOfTarget({ suite, model, targetHash }: Plan, header: RunHeader): boolean {
  const { prompt } = factsOfTarget(suite, model);
  return (
    header.suite === suite.name &&
    header.target_hash === targetHash &&
    header.prompt?.name === prompt?.name &&
    header.prompt?.version === prompt?.version
  );
}
