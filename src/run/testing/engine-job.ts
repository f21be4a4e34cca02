import { makeTally } from "../../metrics/tally.ts";
import type { Store } from "../../store/store.ts";
import { memoryStore } from "../../store/testing/memory-store.ts";
import { sampleHeader } from "../../store/testing/sample-run.ts";
import { openSharedBudget } from "../budget-guard.ts";
import type { Job, TrialEvent } from "../engine-job.ts";
import type { Plan } from "../plan.ts";
import { roundByRound } from "../work-order.ts";

/** A job for a new run in a memory store. `changes` replaces the parts that a test is about. */
export function engineJob(
  plan: Plan,
  changes: Partial<Job> = {},
): Job & { store: Store; events: TrialEvent[] } {
  const store = memoryStore();
  const events: TrialEvent[] = [];
  const { client, price } = plan.target;
  return {
    plan,
    order: roundByRound(plan.count, plan.trials),
    client,
    price,
    writer: store.create(
      sampleHeader({ trials: plan.trials, cases: plan.count }),
      Array.from({ length: plan.count }, (_, caseNo) => ({
        id: plan.id(caseNo),
        content_hash: plan.contentHash(caseNo),
        key: plan.key(caseNo),
        tags: [],
        planned: plan.planned(caseNo),
        request_hash: plan.requestHash(caseNo),
        asked_hash: plan.askedHash(caseNo),
      })),
      { content: () => "{}", request: () => "{}" },
    ),
    tally: makeTally(plan.count, plan.scorers.length),
    concurrency: 4,
    isDone: () => false,
    unscored: () => undefined,
    cached: null,
    budget: openSharedBudget(null).guard([{ price, most_output: 512 }], { usd: 0, tokens: 0 }),
    inputTokens: plan.inputTokens,
    unpriced: () => new Error("a reply does not say what it cost"),
    stop: null,
    control: { stopping: () => false, signal: new AbortController().signal },
    onTrial: (event) => events.push(event),
    now: () => 0,
    store,
    events,
    ...changes,
  };
}
