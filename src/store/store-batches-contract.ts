import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store, StoredRun } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import { answered, sampleBodies, sampleCases, sampleHeader } from "./testing/sample-run.ts";

/** The tests of batches and retries that every store must pass. */
export function storeBatchesContract(name: string, makePlace: () => StorePlace): void {
  describe(`${name}: batches`, () => {
    let place: StorePlace;
    let store: Store;
    let run: number;
    const opened: Store[] = [];
    const again = async (): Promise<Store> => {
      const one = await place.open();
      opened.push(one);
      return one;
    };
    beforeEach(async () => {
      place = makePlace();
      store = await again();
      run = store.create(sampleHeader(), sampleCases, sampleBodies).no;
    });
    afterEach(() => {
      for (const one of opened.splice(0)) one.close();
      place.remove();
    });
    const rows = (...all: string[]) => all.map((what) => ({ custom_id: `id-${what}`, what }));

    it("stores a batch with all of its requests before anything is sent", async () => {
      const no = store.batches.plan(run, "target", rows("0/1", "1/1"));
      const other = await again();
      expect(other.batches.ofRun(run)).toMatchObject([
        { no, asker: "target", state: "planned", file: null, remote: null },
      ]);
      expect(other.batches.rows(no)).toEqual(rows("0/1", "1/1"));
    });

    it("stores each step of a batch: its file, id and state", async () => {
      const no = store.batches.plan(run, "target", rows("0/1"));
      store.batches.asked(no, "file-1");
      expect((await again()).batches.ofRun(run)).toMatchObject([{ state: "asked", file: "file-1" }]);
      store.batches.sent(no, "batch-1");
      expect((await again()).batches.ofRun(run)).toMatchObject([
        { state: "sent", file: "file-1", remote: "batch-1" },
      ]);
      store.batches.read(no, []);
      expect((await again()).batches.ofRun(run)).toMatchObject([{ state: "read", remote: "batch-1" }]);
    });

    it("counts how often a request was in batches and how often it failed, separately for each asker", () => {
      const first = store.batches.plan(run, "target", rows("0/1", "1/1"));
      store.batches.plan(run, "target", rows("1/1"));
      store.batches.plan(run, "judge", rows("1/1"));
      store.batches.read(first, ["id-1/1"]);
      expect([...store.batches.tries(run, "target")].sort()).toEqual([
        ["0/1", { batches: 1, failed: 0 }],
        ["1/1", { batches: 2, failed: 1 }],
      ]);
      expect([...store.batches.tries(run, "judge")]).toEqual([["1/1", { batches: 1, failed: 0 }]]);
    });

    it("adds up a trial's attempts and waiting time over its sessions, whatever its batches did", async () => {
      const writer = store.resume(store.runs({})[0] as StoredRun);
      const errored = { kind: "errored", case_no: 0, trial: 1, error: "provider", message: "500" } as const;
      writer.record({ ...errored, tries: { attempts: 4, waited_ms: 3500 } });
      writer.record({ ...answered(0, 2), tries: { attempts: 1, waited_ms: 1200 } });
      writer.record(answered(1, 1));
      writer.flush();
      writer.record({ ...answered(0, 1), tries: { attempts: 2, waited_ms: 500 } });
      writer.flush();
      const other = await again();
      expect((await other.read.trial(run, 0, 1))?.tries).toEqual({ attempts: 6, waited_ms: 4000 });
      expect((await other.read.trial(run, 1, 1))?.tries).toBeUndefined();
      expect(other.retries(run)).toEqual({ trials: 1, attempts: 5, waited_ms: 5200 });
      const none = store.create(sampleHeader({ id: "cccccccc" }), sampleCases, sampleBodies).no;
      expect(store.retries(none)).toBeNull();
    });

    it("finds the batches of one asker from other runs while they may exist and are not read", async () => {
      const other = store.create(sampleHeader({ id: "bbbbbbbb" }), sampleCases, sampleBodies).no;
      const asked = store.batches.plan(run, "target", rows("0/1"));
      const sent = store.batches.plan(run, "target", rows("1/1"));
      const read = store.batches.plan(run, "target", rows("0/2"));
      store.batches.plan(run, "target", rows("1/2"));
      const judges = store.batches.plan(run, "judge", rows("q#1"));
      const own = store.batches.plan(other, "target", rows("0/1"));
      for (const no of [asked, sent, read, judges, own]) store.batches.asked(no, null);
      for (const no of [sent, read]) store.batches.sent(no, `batch-${no}`);
      store.batches.read(read, []);
      const { batches } = await again();
      expect(batches.elsewhere(other, "target")).toMatchObject([
        { no: asked, run_no: run, state: "asked" },
        { no: sent, run_no: run, state: "sent", remote: `batch-${sent}` },
      ]);
      expect(batches.elsewhere(other, "judge")).toMatchObject([{ no: judges }]);
    });

    it("does not return the batches of another run", () => {
      store.batches.plan(run, "target", rows("0/1"));
      const other = store.create(sampleHeader({ id: "bbbbbbbb" }), sampleCases, sampleBodies).no;
      expect(store.batches.ofRun(other)).toEqual([]);
      expect(store.batches.tries(other, "target").size).toBe(0);
    });
  });
}
