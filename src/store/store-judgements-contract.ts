import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { UNKNOWN_USAGE, usageOf } from "../domain/transcript.ts";
import type { NewJudgement, RunWriter, Store } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import {
  answered,
  lostReply,
  sampleBodies,
  sampleCases,
  sampleHeader,
  sampleTranscript,
} from "./testing/sample-run.ts";

/** The tests of judges' replies that every store must pass. */
export function storeJudgementsContract(name: string, makePlace: () => StorePlace): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const one = await place.open();
      opened.push(one);
      return one;
    };
    beforeEach(async () => {
      place = makePlace();
      store = await open();
    });
    afterEach(() => {
      for (const one of opened.splice(0)) one.close();
      place.remove();
    });
    const create = (): RunWriter => store.create(sampleHeader({}), sampleCases, sampleBodies);

    const judgement = (changes: Partial<NewJudgement> = {}): NewJudgement => ({
      asked: sha256("model and request"),
      draw: 1,
      judge: sha256("judge"),
      run_no: null,
      case_id: "first",
      request: { hash: sha256("judge request"), body: () => '{"messages":["is it polite?"]}' },
      transcript: sampleTranscript({ output: '{"reason":"kind","verdict":"pass"}' }),
      raw: null,
      ...changes,
    });

    it("returns a judge's reply through every handle once it is recorded, with its request", async () => {
      const other = await open();
      const id = await store.recordJudgement(judgement());
      expect(other.judgement(sha256("model and request"), 1)).toMatchObject({
        id,
        draw: 1,
        judge: sha256("judge"),
        case_id: "first",
        output: '{"reason":"kind","verdict":"pass"}',
        cost_usd: 0.0021,
        at: "2025-03-01T12:00:00.000Z",
      });
      expect(other.judgementRequest(id)).toEqual({ messages: ["is it polite?"] });
      expect(other.judgements([id, 99]).map((one) => one.id)).toEqual([id]);
    });

    it("returns the newest reply with the same draw to the same question, and no other", async () => {
      await store.recordJudgement(judgement({ transcript: sampleTranscript({ output: "older" }) }));
      await store.recordJudgement(judgement({ transcript: sampleTranscript({ output: "newer" }) }));
      const { asked } = judgement();
      expect(store.judgement(asked, 1)?.output).toBe("newer");
      expect(store.judgement(asked, 2)).toBeUndefined();
      expect(store.judgement(sha256("another"), 1)).toBeUndefined();
      expect(store.judgement(asked, 1, { since: Date.UTC(2025, 2, 1, 12) })?.output).toBe("newer");
      expect(store.judgement(asked, 1, { since: Date.UTC(2025, 2, 1, 13) })).toBeUndefined();
    });

    it("returns a reply without a verdict only if it is newer than a given reply", async () => {
      expect(store.newestJudgement()).toBe(0);
      const id = await store.recordJudgement(judgement());
      store.discardJudgements([id]);
      const { asked } = judgement();
      expect(store.newestJudgement()).toBe(id);
      expect(store.judgement(asked, 1)).toBeUndefined();
      expect(store.judgement(asked, 1, { discarded_after: id })).toBeUndefined();
      expect(store.judgement(asked, 1, { discarded_after: id - 1 })?.id).toBe(id);
      expect(store.judgements([id])).toHaveLength(1);
    });

    it("counts a judge's reply in the cost of the run that paid for it, and unknown costs separately", async () => {
      const { no } = create();
      await store.recordJudgement(
        judgement({ run_no: no, transcript: sampleTranscript({ cost_usd: 0.25 }) }),
      );
      await store.recordJudgement(
        judgement({
          run_no: no,
          transcript: sampleTranscript({
            cost_usd: null,
            usage: usageOf({ input_tokens: 30, output_tokens: 12, reasoning_tokens: 5 }),
          }),
        }),
      );
      await store.recordJudgement(judgement({ transcript: sampleTranscript({ cost_usd: 4 }) }));
      expect(store.judgementsOfCase(no, "first").map((one) => one.cost_usd)).toEqual([0.25, null]);
      expect(store.judgementsOfCase(no, "first")[1]?.usage).toMatchObject({ reasoning_tokens: 5 });
      expect(store.judgementsOfCase(no, "second")).toEqual([]);
      expect(store.untoldJudgements(no).map((one) => one.cost_usd)).toEqual([0.25, null]);
      expect(store.untoldJudgements(0)).toEqual([]);
      expect(store.judgeSpending(no)).toEqual({
        replies: 2,
        usd: 0.25,
        unpriced: 1,
        tokens: 42,
        untold: 1,
        dearest_usd: 0.25,
        longest_output: 12,
      });
    });

    it("counts a judge's request without an answer in the cost of the judges", async () => {
      const writer = create();
      const { no } = writer;
      await store.recordJudgement(
        judgement({ run_no: no, transcript: sampleTranscript({ cost_usd: 0.25 }) }),
      );
      writer.recordLost(lostReply({ judge: "ab".repeat(32), cost_usd: 0.5 }));
      writer.recordLost(
        lostReply({
          judge: "ab".repeat(32),
          usage: UNKNOWN_USAGE,
          cost_usd: null,
          most_usd: 2,
          most_tokens: 70,
        }),
      );
      writer.flush();
      expect(store.judgeSpending(no)).toMatchObject({
        replies: 3,
        usd: 0.75,
        unpriced: 1,
        tokens: 12,
        untold: 2,
      });
      expect(store.lostSpending(no, "judges")).toMatchObject({ most_usd: 2, most_tokens: 70 });
      expect(store.lostSpending(no, "target")).toMatchObject({ replies: 0, usd: 0 });
    });

    it("names the judges' replies in the score that was made from them, with the share of judges that agreed", () => {
      const writer = create();
      const judged = { score: 1, pass: true, reason: "kind", agreement: 0.75, replies: [7, 9] };
      writer.record(answered(0, 1, { scores: { kind: "scored", pass: true, scores: [judged, null] } }));
      writer.flush();
      expect(store.trials(writer.no, 0)[0]?.scores).toEqual([judged, null]);
      expect([...store.scan(writer.no)][0]?.scores).toEqual([[1, true, 0.75], null]);
    });

    it("expects no score from a scorer that does not apply to the case", () => {
      const writer = create();
      const [scored, own] = [{ score: 1, pass: true, reason: "" }, { kind: "scored", pass: true } as const];
      writer.record(answered(0, 1, { scores: { ...own, scores: [scored, undefined] } }));
      writer.flush();
      expect([...store.scan(writer.no)][0]?.scores).toEqual([[1, true], undefined]);
      expect(store.trials(writer.no, 0)[0]?.scores).toEqual([scored, undefined]);
    });

    it("counts requests to judges separately from those to the target", () => {
      const writer = create();
      writer.calls(2);
      writer.judgeCalls(3);
      writer.end("complete", null, "2025-03-01T12:05:00.000Z");
      expect(store.runs({})[0]).toMatchObject({ calls: 2, judge_calls: 3 });
    });
  });
}
