import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../domain/json.ts";
import { sha256 } from "../domain/json.ts";
import type { Pruning } from "./care.ts";
import type { RunWriter, Store } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import {
  answered,
  failed,
  sampleBodies,
  sampleCases,
  sampleHeader,
  sampleTranscript,
} from "./testing/sample-run.ts";

const ENDED = "2025-03-01T12:05:00.000Z";

/** The tests of maintenance that every store must pass. */
export function storeCareContract(name: string, makePlace: () => StorePlace): void {
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
    const ended = (id: string, report: Json = null): RunWriter => {
      const writer = create({ id });
      for (const trial of [1, 2]) writer.record(answered(0, trial, { scores: failed }));
      writer.record({
        kind: "errored",
        case_no: 1,
        trial: 1,
        error: "provider",
        message: "said the provider",
      });
      writer.end("complete", report, ENDED);
      return writer;
    };
    const prune = (what: Partial<Pruning>) =>
      store.care.prune({ runs: [], answers: [], withoutTexts: (report) => report, loose_before: 0, ...what });
    const listed = async (): Promise<string[]> =>
      (await store.read.runs({})).items.map(({ header }) => header.id);
    const judgement = (run_no: number | null, asked: string) =>
      store.recordJudgement({
        asked: sha256(asked),
        draw: 1,
        judge: sha256("judge"),
        run_no,
        case_id: "first",
        request: { hash: sha256(`request ${asked}`), body: () => JSON.stringify({ asked }) },
        transcript: sampleTranscript({ output: "PASS" }),
        raw: null,
      });

    it("reports its size", async () => {
      expect(await store.care.size()).toMatchObject({ runs: 0, answers: 0, oldest: null, newest: null });
      ended("aa000001");
      create({ id: "aa000002", canary_of: "aa000001" }).end("complete", null, ENDED);
      expect(await store.care.size()).toMatchObject({
        ...{ runs: 1, answers: 2, judgements: 0 },
        ...{ oldest: sampleHeader().started_at, newest: sampleHeader().started_at },
      });
      expect(await store.care.faults()).toEqual([]);
    });

    it("deletes whole runs and leaves the others as they were", async () => {
      const [first, second] = [ended("aa000001"), ended("aa000002")];
      expect(await prune({ runs: [first.no] })).toEqual({
        ...{ answers: 2, judgements: 0, traces: 0 },
        erased: true,
      });
      expect(await listed()).toEqual(["aa000002"]);
      expect(await store.read.run(first.no)).toBeUndefined();
      expect(await store.read.trialsOfCase(second.no, 0)).toMatchObject([
        { answer: { output: '{"queue":"billing"}' } },
        { answer: { output: '{"queue":"billing"}' } },
      ]);
      expect(await store.read.content(second.no, 0)).toMatchObject({ input: { message: "question 0" } });
      expect(await store.read.request(second.no, 1)).toMatchObject({ model: "m" });
      expect(await store.care.faults()).toEqual([]);
    });

    it("keeps an answer that another run took from the cache", async () => {
      const first = ended("aa000001");
      const [answer_id = -1] = (await store.read.answerIds(first.no)).items;
      const second = create({ id: "aa000002" });
      second.record({ kind: "cached", case_no: 0, trial: 1, answer_id, scores: failed });
      second.end("complete", null, ENDED);
      expect(await prune({ runs: [first.no] })).toMatchObject({ answers: 1 });
      expect(await store.read.trial(second.no, 0, 1)).toMatchObject({
        cached: true,
        answer: { model: "small-2024-07-18" },
      });
    });

    it("deletes a run's answers and reasons, and keeps its numbers", async () => {
      const { no } = ended("aa000001", { worst: "an answer", counts: 3 });
      await prune({ answers: [no], withoutTexts: (report) => ({ ...(report as object), worst: "" }) });
      expect(await listed()).toEqual(["aa000001"]);
      expect((await store.read.run(no))?.report).toEqual({ worst: "", counts: 3 });
      const [trial] = await store.read.trialsOfCase(no, 0);
      expect(trial).toMatchObject({
        ...{ kind: "answered", pass: false, answer: null },
        scores: [
          { score: 0, pass: false, reason: "" },
          { score: 0.25, pass: false, reason: "" },
        ],
      });
      expect(await store.read.trial(no, 1, 1)).toMatchObject({ error: "provider", message: "" });
      expect(store.transcript(no, 0, 1)).toBeUndefined();
      expect(store.cached(sampleCases[0]?.asked_hash ?? "", 1)).toBeUndefined();
      expect(await store.care.faults()).toEqual([]);
    });

    it("deletes the judge's replies of a deleted run, except those that a remaining score was made from", async () => {
      const first = create({ id: "aa000001" });
      const [shared, own] = [await judgement(first.no, "shared"), await judgement(first.no, "own")];
      first.end("complete", null, ENDED);
      const second = create({ id: "aa000002" });
      second.record(
        answered(0, 1, {
          scores: {
            kind: "scored",
            pass: true,
            scores: [{ score: 1, pass: true, reason: "", replies: [shared] }, null],
          },
        }),
      );
      second.end("complete", null, ENDED);
      expect(await prune({ runs: [first.no] })).toMatchObject({ judgements: 1 });
      expect(store.judgements([shared, own]).map(({ id }) => id)).toEqual([shared]);
      expect(store.judgementRequest(shared)).toEqual({ asked: "shared" });
    });

    it("deletes replies that belong to no run only if they are older than the limit", async () => {
      const id = await judgement(null, "alone");
      const at = Date.parse(store.judgements([id])[0]?.at ?? "");
      expect(await prune({ loose_before: at })).toMatchObject({ judgements: 0 });
      expect(await prune({ loose_before: at + 1 })).toMatchObject({ judgements: 1 });
    });
  });
}
