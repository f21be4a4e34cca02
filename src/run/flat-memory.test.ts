import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryObjects } from "node:v8";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Usage } from "../domain/transcript.ts";
import { LineFile } from "../providers/line-file.ts";
import { sampleHeader } from "../store/testing/sample-run.ts";
import { sqlitePlace } from "../store/testing/sqlite-place.ts";
import type { SeenFailure } from "./cluster-failures.ts";
import { countFailures } from "./count-failures.ts";
import { runTrials } from "./engine.ts";
import { engineJob } from "./testing/engine-job.ts";
import { answer, fakeClient } from "./testing/fake-client.ts";
import { fakePlan, yesScorer } from "./testing/fake-plan.ts";

/**
 * The usage of an answer, as a class whose instances can be counted: an answer in memory keeps its usage there.
 */
class TakenUsage implements Usage {
  readonly input_tokens = 10;
  readonly output_tokens = 5;
  readonly cached_input_tokens = null;
  readonly cache_write_tokens = null;
  readonly reasoning_tokens = null;
}

/** Number of instances of a class that are still in memory after a garbage collection. */
function held(kind: typeof TakenUsage | typeof SeenOne): number {
  const notice = vi.spyOn(process, "emitWarning").mockReturnValue();
  const count = queryObjects(kind, { format: "count" });
  notice.mockRestore();
  return count;
}

class SeenOne implements SeenFailure {
  readonly case: string;
  readonly trial = 1;
  readonly failure: SeenFailure["failure"];
  constructor(index: number) {
    this.case = `c${Math.floor(index / 2)}`;
    const kind = index % 3 === 0 ? "format" : "knowledge";
    this.failure = { class: kind, evidence: `wrong ${index % 7}`, message: null, step: null, tool: null };
  }
}

const CASES = 300;
const TRIALS = 8;

describe("a run", () => {
  it.each(["at once", "later"])(
    "keeps no more answers in memory than one commit has, when they arrive %s",
    async (when) => {
      const place = sqlitePlace();
      const store = await place.open();
      const replyOf = () => answer("yes", { usage: new TakenUsage() });
      const client = fakeClient(when === "at once" ? replyOf : async () => replyOf());
      const plan = fakePlan({ client, cases: CASES, trials: TRIALS, scorers: [yesScorer] });
      let ended = 0;
      let heldMidway = 0;
      const job = engineJob(plan, {
        onTrial: () => {
          if (++ended === 1800) heldMidway = held(TakenUsage);
        },
      });
      const writer = store.create(
        sampleHeader({ trials: TRIALS, cases: CASES, planned: CASES * TRIALS }),
        Array.from({ length: CASES }, (_, caseNo) => ({
          ...{ id: plan.id(caseNo), content_hash: plan.contentHash(caseNo), key: plan.key(caseNo), tags: [] },
          planned: TRIALS,
          ...{ request_hash: plan.requestHash(caseNo), asked_hash: plan.askedHash(caseNo) },
        })),
        { content: () => "{}", request: () => "{}" },
      );
      await runTrials({ ...job, writer });
      client.asked.length = 0;
      expect(ended).toBe(CASES * TRIALS);
      expect(heldMidway).toBeLessThanOrEqual(1010);
      expect(held(TakenUsage)).toBeLessThanOrEqual(5);
      store.close();
      place.remove();
    },
  );
});

describe("the failures of a report", () => {
  it("are counted without being kept, except those that are compared", async () => {
    let most = 0;
    function* many() {
      for (let index = 0; index < 6000; index++) {
        if (index % 3000 === 2999) most = Math.max(most, held(SeenOne));
        yield new SeenOne(index);
      }
    }
    const counted = await countFailures(many());
    expect(counted?.knowledge?.trials).toBe(4000);
    expect(counted?.knowledge?.cases).toHaveLength(3000);
    expect(counted?.knowledge?.clusters.reduce((sum, { trials }) => sum + trials, 0)).toBe(4000);
    expect(counted?.format?.trials).toBe(2000);
    // 500 of each class, and the current one.
    expect(most).toBeLessThanOrEqual(1002);
  });
});

describe("a file whose lines are read in any order", () => {
  const folder = mkdtempSync(join(tmpdir(), "evals-lines-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reuses the same 64 blocks, however long it is, and reads every line correctly", () => {
    const path = join(folder, "lines.jsonl");
    const lines = Array.from({ length: 6000 }, (_, index) => `${index} ${"x".repeat(1000 + (index % 50))}`);
    writeFileSync(path, lines.join("\n"));
    const allocated = vi.spyOn(Buffer, "allocUnsafeSlow");
    const file = new LineFile(path);
    // First in order, then scattered, so that blocks are used for other parts of the file and then read again.
    const read = (at: number): void => expect(file.text(at)).toBe(lines[at]);
    for (let at = 0; at < lines.length; at++) read(at);
    for (let step = 0; step < lines.length; step++) read((step * 1009) % lines.length);
    expect(allocated.mock.calls.length).toBe(64);
    const first = file.bytes(0);
    read(5000);
    expect(first.toString()).toBe(lines[0]);
    file.close();
    allocated.mockRestore();
  });
});
