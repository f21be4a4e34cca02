import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cursor, everyItem } from "../domain/pages.ts";
import { usageOf } from "../domain/transcript.ts";
import type { RunChanges } from "./reads.ts";
import type { RunWriter, Store, TrialRow } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import { answered, failed, sampleBodies, sampleCases, sampleHeader } from "./testing/sample-run.ts";

/** The tests of paged reads that every store must pass. */
export function storeReadsContract(name: string, makePlace: () => StorePlace): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    beforeEach(async () => {
      place = makePlace();
      store = await place.open();
    });
    afterEach(() => {
      store.close();
      place.remove();
    });
    const create = (changes: Parameters<typeof sampleHeader>[0] = {}): RunWriter =>
      store.create(sampleHeader(changes), sampleCases, sampleBodies);
    /** A run with two cases of three trials each. The third trial of each case errored. */
    const written = (): RunWriter => {
      const writer = create();
      for (const caseNo of [1, 0]) {
        writer.record(answered(caseNo, 2));
        writer.record({ kind: "errored", case_no: caseNo, trial: 3, error: "timeout", message: "late" });
        writer.record(answered(caseNo, 1, { scores: failed }));
      }
      writer.flush();
      return writer;
    };
    const placeOf = ({ case_no, trial }: { case_no: number; trial: number }): string => `${case_no}.${trial}`;

    describe("a list in pages", () => {
      it("of runs is newest first, without reports, and goes on where the page before ended", async () => {
        for (const id of ["aa000001", "aa000002", "aa000003"]) create({ id });
        create({ id: "aa000004", suite: "other" }).end("complete", { much: 1 }, "2025-03-01T12:05:00.000Z");
        const first = await store.read.runs({ suite: "triage" }, { limit: 2 });
        expect(first.items.map(({ header }) => header.id)).toEqual(["aa000003", "aa000002"]);
        create({ id: "aa000005" });
        const second = await store.read.runs({ suite: "triage" }, { after: first.next, limit: 2 });
        expect(second.items.map(({ header }) => header.id)).toEqual(["aa000001"]);
        expect(second.next).toBeNull();
        const [other] = (await store.read.runs({ suite: "other" })).items;
        expect(other).not.toHaveProperty("report");
        expect(other).toMatchObject({ status: "complete", ended_at: "2025-03-01T12:05:00.000Z" });
      });

      it("of runs with one status has full pages, even if runs with another status are in between", async () => {
        for (const id of ["aa000001", "aa000002", "aa000003", "aa000004"]) {
          const writer = create({ id });
          if (id !== "aa000003") writer.end("complete", null, "2025-03-01T12:05:00.000Z");
        }
        const first = await store.read.runs({ status: ["complete"] }, { limit: 2 });
        expect(first.items.map(({ header }) => header.id)).toEqual(["aa000004", "aa000002"]);
        const second = await store.read.runs({ status: ["complete"] }, { after: first.next, limit: 2 });
        expect(second.items.map(({ header }) => header.id)).toEqual(["aa000001"]);
      });

      it("of cases is in plan order", async () => {
        const { no } = create();
        const first = await store.read.cases(no, { limit: 1 });
        const second = await store.read.cases(no, { after: first.next, limit: 1 });
        expect([...first.items, ...second.items]).toEqual(store.cases(no));
        expect(second.next).toBeNull();
      });

      it.each([1, 2, 5, 6, 7])("of %i trials gives each once, as one scan does", async (limit) => {
        const { no } = written();
        const rows = [];
        for await (const row of everyItem((page) => store.read.trials(no, page), limit)) rows.push(row);
        expect(rows).toEqual([...store.scan(no)]);
        expect(rows.map(placeOf)).toEqual(["0.1", "0.2", "0.3", "1.1", "1.2", "1.3"]);
      });

      it.each([1, 2, 5, 6, 7])("of %i scores gives each once, as one scan of scores does", async (limit) => {
        const { no } = written();
        const rows = [];
        for await (const row of everyItem((page) => store.read.scores(no, page), limit)) rows.push(row);
        expect(rows).toEqual([...store.scanScores(no)]);
        expect(rows.map(placeOf)).toEqual(["0.1", "0.2", "0.3", "1.1", "1.2", "1.3"]);
      });

      it.each([1, 2, 5, 6, 7])("of %i outcomes gives each once, as one scan does", async (limit) => {
        const { no } = written();
        const rows = [];
        for await (const row of everyItem((page) => store.read.outcomes(no, page), limit)) rows.push(row);
        const outcomeOf = ({ case_no, trial, kind, pass }: TrialRow) => ({ case_no, trial, kind, pass });
        expect(rows).toEqual([...store.scan(no)].map(outcomeOf));
      });

      it.each([1, 3, 4, 5])("of %i answers' ids gives that of each trial that has one", async (limit) => {
        const { no } = written();
        const ids = [];
        for await (const id of everyItem((page) => store.read.answerIds(no, page), limit)) ids.push(id);
        expect(ids).toHaveLength(4);
        const known = await Promise.all(
          [0, 1].flatMap((caseNo) => [1, 2].map((trial) => store.read.transcript(no, caseNo, trial))),
        );
        expect(ids).toEqual(known.map((one) => one?.answer_id));
        expect(await store.read.transcript(no, 0, 3)).toBeUndefined();
      });

      it.each([1, 2, 3])("of %i origins names each run that asked for a case's answers", async (limit) => {
        const first = written();
        const second = create({ id: "aa000002" });
        for (const caseNo of [0, 1]) second.record(answered(caseNo, 4));
        second.flush();
        const later = create({ id: "aa000003" });
        const from = (no: number, caseNo: number, trial: number): number =>
          store.transcript(no, caseNo, trial)?.answer_id ?? 0;
        for (const [case_no, trial, answer_id] of [
          [0, 1, from(first.no, 0, 1)],
          [0, 2, from(first.no, 0, 2)],
          [0, 4, from(second.no, 0, 4)],
          [1, 4, from(second.no, 1, 4)],
        ] as const)
          later.record({ kind: "cached", case_no, trial, answer_id, scores: null });
        later.flush();
        const origins = [];
        for await (const one of everyItem((page) => store.read.origins(later.no, page), limit))
          origins.push(one);
        const firstId = sampleHeader({}).id;
        expect(origins).toEqual([
          { case_no: 0, run: firstId },
          { case_no: 0, run: "aa000002" },
          { case_no: 1, run: "aa000002" },
        ]);
      });

      it.each([1, 2, 3])("of %i lost replies gives each once, in their order", async (limit) => {
        const { no, recordLost, flush } = create();
        const lost = ["a", "b"].map((case_id) => ({
          ...{ case_id, judge: null, cost_usd: 0.5, most_usd: null, most_tokens: null },
          usage: usageOf({ input_tokens: 3, output_tokens: null }),
        }));
        for (const one of lost) recordLost(one);
        flush();
        const read = [];
        for await (const one of everyItem((page) => store.read.lostReplies(no, page), limit)) read.push(one);
        expect(read).toEqual(lost);
        expect(await store.read.unscoredSpending(no)).toEqual(store.unscoredSpending(no));
        expect(await store.read.fallbackAnswers(no)).toBe(0);
      });

      it("reports the cost of judges and the retries like a direct read", async () => {
        const writer = create();
        const tries = { attempts: 3, waited_ms: 1500 };
        writer.record({ ...answered(0, 1), tries });
        writer.recordLost({
          ...{ case_id: "a", judge: "b".repeat(64), cost_usd: 0.25, most_usd: null, most_tokens: null },
          usage: usageOf({ input_tokens: 3, output_tokens: null }),
        });
        writer.flush();
        expect(await store.read.judgeSpending(writer.no)).toEqual(store.judgeSpending(writer.no));
        expect(await store.read.judgeSpending(writer.no)).toMatchObject({ replies: 1, usd: 0.25 });
        expect(await store.read.retries(writer.no)).toEqual({ trials: 1, attempts: 2, waited_ms: 1500 });
        expect(await store.read.retries(create({ id: "aa000009" }).no)).toBeNull();
      });

      it("allows writing to the run between two pages", async () => {
        const writer = written();
        const first = await store.read.trials(writer.no, { limit: 4 });
        writer.record(answered(1, 4));
        writer.flush();
        const second = await store.read.trials(writer.no, { after: first.next, limit: 4 });
        expect(second.items.map(placeOf)).toEqual(["1.2", "1.3", "1.4"]);
      });

      it("ends at once if the list is empty", async () => {
        const { no } = create();
        expect(await store.read.trials(no)).toEqual({ items: [], next: null });
        expect(await store.read.runs({ suite: "nobody" })).toEqual({ items: [], next: null });
      });

      it("refuses a cursor of another list, an altered cursor, and a limit of 0", async () => {
        const { no } = written();
        const { next } = await store.read.trials(no, { limit: 1 });
        expect(next).not.toBeNull();
        await expect(store.read.cases(no, { after: next })).rejects.toThrow(RangeError);
        for (const after of ["", "t", "tx", "t1.2'--", "t-1.0", "t1e9", `t${"9".repeat(30)}`])
          await expect(store.read.trials(no, { after })).rejects.toThrow(RangeError);
        await expect(store.read.since(no, { after: "t1.1" })).rejects.toThrow(RangeError);
        await expect(store.read.trials(no, { limit: 0 })).rejects.toThrow(RangeError);
      });
    });

    describe("the changes of a run", () => {
      /** All changes after a cursor, page by page. */
      const follow = async (no: number, after: Cursor | null, limit = 1000): Promise<RunChanges> => {
        let found = await store.read.since(no, { after, limit });
        const trials = [...found.trials];
        while (found.more) {
          found = await store.read.since(no, { after: found.next, limit });
          trials.push(...found.trials);
        }
        return { ...found, trials };
      };

      it.each([1, 2, 100])("begin with all trials, in pages of %i", async (limit) => {
        const { no } = written();
        const { trials, more } = await follow(no, null, limit);
        expect(more).toBe(false);
        const inOrder = [...trials].sort((a, b) => a.case_no - b.case_no || a.trial - b.trial);
        expect(inOrder).toEqual([...store.scan(no)]);
      });

      it("are none while nothing is written", async () => {
        const { no } = written();
        const { next } = await follow(no, null);
        const again = await store.read.since(no, { after: next });
        expect(again).toMatchObject({ trials: [], more: false });
      });

      it("include each new trial and each trial with new scores, in its current state", async () => {
        const writer = written();
        writer.record(answered(1, 4, { scores: null }));
        writer.flush();
        const before = await follow(writer.no, null);
        expect(before.trials.find((one) => placeOf(one) === "1.4")).toMatchObject({ pass: null });
        writer.record(answered(0, 4));
        writer.recordScores(1, 4, failed);
        writer.flush();
        const after = await follow(writer.no, before.next);
        expect(after.trials.map((one) => [placeOf(one), one.pass])).toEqual([
          ["0.4", true],
          ["1.4", false],
        ]);
      });

      it("include an errored trial that a later session answered", async () => {
        const writer = written();
        writer.end("incomplete", null, "2025-03-01T12:05:00.000Z");
        const { next } = await follow(writer.no, null);
        const [run] = store.runsByPrefix("aa000001");
        if (run === undefined) throw new Error("no run is stored");
        const again = store.resume(run);
        again.record(answered(0, 3));
        again.flush();
        const after = await follow(writer.no, next);
        expect(after).toMatchObject({
          state: { status: "running" },
          trials: [{ case_no: 0, trial: 3, kind: "answered" }],
        });
      });

      it("include what was written while the first pages were read", async () => {
        const writer = written();
        const first = await store.read.since(writer.no, { limit: 2 });
        writer.record(answered(0, 4));
        writer.recordScores(0, 1, failed);
        writer.flush();
        const rest = await follow(writer.no, first.next, 2);
        const seen = [...first.trials, ...rest.trials].map(placeOf);
        expect(new Set(seen)).toEqual(new Set(["0.1", "0.2", "0.3", "0.4", "1.1", "1.2", "1.3"]));
        expect(rest.trials.map(placeOf)).toContain("0.1");
      });

      it("come in pages when much was written", async () => {
        const writer = create();
        const { next } = await follow(writer.no, null);
        for (let trial = 1; trial <= 5; trial++) {
          writer.record(answered(0, trial));
          writer.flush();
        }
        const first = await store.read.since(writer.no, { after: next, limit: 2 });
        expect(first).toMatchObject({ trials: [{ trial: 1 }, { trial: 2 }], more: true });
        const rest = await follow(writer.no, first.next, 2);
        expect(rest.trials.map((one) => one.trial)).toEqual([3, 4, 5]);
      });

      it("do not include another run's trials", async () => {
        const one = create();
        const { next } = await follow(one.no, null);
        const two = create({ id: "aa000002" });
        two.record(answered(0, 1));
        two.flush();
        expect(await follow(one.no, next)).toMatchObject({ trials: [] });
        expect(await follow(two.no, next)).toMatchObject({ trials: [{ case_no: 0, trial: 1 }] });
      });

      it("report the state of the run: its process, its end, and the number of requests", async () => {
        const writer = create();
        const { state, next } = await store.read.since(writer.no);
        expect(state).toEqual({
          status: "running",
          process: process.pid,
          ended_at: null,
          calls: 0,
          judge_calls: 0,
        });
        writer.calls(2);
        writer.record(answered(0, 1));
        writer.end("incomplete", { large: true }, "2025-03-01T12:05:00.000Z");
        expect(await follow(writer.no, next)).toMatchObject({
          state: { status: "incomplete", process: null, ended_at: "2025-03-01T12:05:00.000Z", calls: 2 },
          trials: [{ case_no: 0, trial: 1 }],
        });
      });

      it("are refused for an unknown run", async () => {
        await expect(store.read.since(7)).rejects.toThrow(RangeError);
      });

      it("are seen through another handle", async () => {
        const other = await place.open();
        const writer = written();
        const { next } = await other.read.since(writer.no);
        writer.record(answered(0, 4));
        writer.flush();
        expect(await other.read.since(writer.no, { after: next })).toMatchObject({ trials: [{ trial: 4 }] });
        other.close();
      });
    });

    it.each([1, 2, 3, 4])("reads failed and spoiled trials alone, %i in a page", async (limit) => {
      const writer = written();
      writer.record({ kind: "errored", case_no: 0, trial: 4, error: "simulator", message: "left its role" });
      writer.flush();
      const trials = [];
      for await (const one of everyItem((page) => store.read.failedTrials(writer.no, page), limit))
        trials.push(one);
      expect(trials.map(placeOf)).toEqual(["0.1", "0.4", "1.1"]);
      const [first, second] = store.trials(writer.no, 0).filter(({ trial }) => trial === 1 || trial === 4);
      expect([first, second]).toMatchObject(trials.slice(0, 2).map(({ case_no: _, ...trial }) => trial));
      expect(trials[0]?.answer?.output).toBe(first?.answer?.output);
    });

    it("reads one run with its report, one case, one trial, as the engine would", async () => {
      const writer = written();
      expect(await store.read.run(writer.no)).toMatchObject({ report: null, status: "running" });
      writer.end("incomplete", { gate: { outcome: "failed" } }, "2025-03-01T12:05:00.000Z");
      expect(await store.read.run(writer.no)).toEqual(store.runs({})[0]);
      expect(await store.read.run(99)).toBeUndefined();
      expect(await store.read.runsByPrefix("aa")).toEqual(store.runs({}));
      expect(await store.read.trialsOfCase(writer.no, 0)).toEqual(store.trials(writer.no, 0));
      expect(await store.read.trial(writer.no, 0, 3)).toMatchObject({ kind: "errored", message: "late" });
      expect(await store.read.content(writer.no, 0)).toMatchObject({ input: { message: "question 0" } });
      expect(await store.read.request(writer.no, 0)).toMatchObject({ model: "m" });
    });
  });
}
