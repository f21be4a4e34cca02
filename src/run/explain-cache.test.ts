import { describe, expect, it } from "vitest";
import type { ExplainedCase } from "../domain/cache-reason.ts";
import type { Store } from "../store/store.ts";
import { memoryStore } from "../store/testing/memory-store.ts";
import { answered, passed, sampleHeader, sampleTranscript } from "../store/testing/sample-run.ts";
import { type AskSettings, unanswered } from "./answers-at-hand.ts";
import { explainCache } from "./explain-cache.ts";
import type { Plan } from "./plan.ts";
import { createRun } from "./run-header.ts";
import { answer, fakeClient } from "./testing/fake-client.ts";
import { fakePlan } from "./testing/fake-plan.ts";

const TRIALS = 5;
const plan = fakePlan({ client: fakeClient(() => answer("yes")), cases: 1, trials: TRIALS });
const spoiled: Plan = { ...plan, isSpoiled: () => true };
const NEW: AskSettings = { useCache: true, resume: null };

/** A store with a run of the suite in which these trials were answered. */
function storeWith(trials: readonly number[], changes: Parameters<typeof sampleTranscript>[0] = {}): Store {
  const store = memoryStore();
  const writer = createRun(plan, sampleHeader({ suite: "fake", target_hash: plan.targetHash }), store);
  for (const trial of trials)
    writer.record(answered(0, trial, { transcript: sampleTranscript(changes), scores: passed }));
  writer.end("complete", null, "2025-03-01T12:05:00.000Z");
  return store;
}

/** The explanation of the plan's only case. The number of trials to ask must be that of `unanswered`. */
async function explained(of: Plan, store: Store, settings = NEW): Promise<ExplainedCase | undefined> {
  let asked = 0;
  for await (const _ of unanswered(of, settings, store)) asked++;
  for await (const one of explainCache(of, settings, store)) {
    expect(one.asked).toBe(asked);
    return one;
  }
  return undefined;
}

describe("explainCache", () => {
  it.each([
    [[2], "trials 1 and 3 to 5 were never answered"],
    [[1, 2, 4, 5], "trial 3 was never answered"],
    [[2, 4], "trials 1, 3 and 5 were never answered"],
    [[1, 2], "trials 3 to 5 were never answered"],
  ])("names exactly the trials that are asked when %j are stored", async (stored, why) => {
    expect(await explained(plan, storeWith(stored))).toMatchObject({
      ...{ at_hand: stored.length, asked: TRIALS - stored.length, reason: "more-trials", why },
    });
  });

  it("counts no answer that its simulated user spoiled", async () => {
    expect(await explained(spoiled, storeWith([1, 2, 3, 4, 5]))).toMatchObject({
      ...{ at_hand: 0, asked: TRIALS, reason: "unanswered" },
      why: "run aa000001 asked this case, but no answer is stored that can be used again",
    });
  });

  it("counts no failed reply that an earlier version stored as an answer", async () => {
    const store = storeWith([1, 2, 3, 4, 5], { finish_reason: "error" });
    expect(await explained(plan, store)).toMatchObject({ at_hand: 0, asked: TRIALS, reason: "unanswered" });
  });

  it("counts a spoiled trial of a run to resume as errored", async () => {
    const store = storeWith([1, 2, 3]);
    const [run] = store.runs({});
    if (run === undefined) throw new Error("no run");
    const again = store.resume(run);
    for (const trial of [4, 5]) again.record(answered(0, trial, { scores: null }));
    again.recordScores(0, 5, { kind: "failed", error: "simulator", message: "it gave its part away" });
    again.end("incomplete", null, "2025-03-01T12:06:00.000Z");
    const [resume = null] = store.runs({});
    expect(await explained(spoiled, store, { useCache: true, resume })).toMatchObject({
      ...{ at_hand: 4, asked: 1, reason: "errored", why: "trial 5 errored in run aa000001" },
    });
  });
});
