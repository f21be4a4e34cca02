import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { UNKNOWN_USAGE, usageOf } from "../domain/transcript.ts";
import type { ProcessMark } from "../processes/process-mark.ts";
import type { LostReply, Store, StoredRun, TrialRow } from "./store.ts";
import {
  answered,
  failed,
  lostReply,
  passed,
  sampleBodies,
  sampleCases,
  sampleHeader,
  sampleTranscript,
} from "./testing/sample-run.ts";

/** The place of one store. Each call of `open` returns another handle on this same store. */
export interface StorePlace {
  /**
   * @param self the process recorded as the owner of the runs that it works on; default: the process of the test
   */
  open(self?: ProcessMark): Store | Promise<Store>;
  remove(): void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** The tests that every store must pass. Each test gets a new, empty place. */
export function storeContract(name: string, makePlace: () => StorePlace): void {
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
    const create = (on = store, changes: Parameters<typeof sampleHeader>[0] = {}) =>
      on.create(sampleHeader(changes), sampleCases, sampleBodies);
    const theRun = (on = store): StoredRun => {
      const [run] = on.runs({});
      if (run === undefined) throw new Error("no run is stored");
      return run;
    };

    describe("a new run", () => {
      it("is listed as running, with its header as it was given", () => {
        create();
        expect(store.runs({})).toMatchObject([
          {
            ...{ header: sampleHeader(), status: "running", process: process.pid },
            ...{ ended_at: null, report: null, calls: 0 },
          },
        ]);
      });

      it("has its cases in plan order, with their hashes and tags", () => {
        const { no } = create();
        expect(store.cases(no)).toEqual(
          sampleCases.map((one, case_no) => ({
            case_no,
            id: one.id,
            content_hash: one.content_hash,
            request_hash: one.request_hash,
            key: one.key,
            tags: one.tags,
            planned: one.planned,
          })),
        );
      });

      it("stores the content and the request of each case", () => {
        const { no } = create();
        expect(store.content(no, 1)).toEqual({
          input: { message: "question 1" },
          expected: { queue: "billing" },
        });
        expect(store.request(no, 1)).toEqual({
          model: "m",
          messages: [{ role: "user", content: "question 1" }],
        });
      });

      it("asks for a text only when the store has none of that hash", () => {
        create();
        const again = store.create(sampleHeader({ id: "aa000002" }), sampleCases, {
          content: () => expect.unreachable("the content is stored"),
          request: () => expect.unreachable("the request is stored"),
        });
        expect(store.content(again.no, 0)).toMatchObject({ input: { message: "question 0" } });
      });

      it("stores no requests when nothing is asked", () => {
        const { no } = store.create(sampleHeader(), sampleCases, { ...sampleBodies, request: null });
        expect(store.request(no, 0)).toBeNull();
      });

      it("is not stored at all if its plan cannot be written completely", () => {
        const broken = {
          ...sampleBodies,
          content: (caseNo: number) => {
            if (caseNo === 1) throw new Error("cannot be read");
            return "{}";
          },
        };
        expect(() => store.create(sampleHeader(), sampleCases, broken)).toThrow("cannot be read");
        expect(store.runs({})).toEqual([]);
        expect(create().no).toBeGreaterThan(0);
      });
    });

    describe("a recorded trial", () => {
      it("reports why an optional scorer could not score, and nothing if all scorers could", () => {
        const writer = create();
        writer.record(answered(0, 1));
        writer.record(answered(0, 2, { scores: failed }));
        writer.flush();
        const [one, two] = store.trials(writer.no, 0);
        expect(one).toMatchObject({ scores: [{ score: 1 }, null] });
        expect(one?.void_reasons).toEqual([null, "no verdict: the reply was empty"]);
        expect(two?.void_reasons).toBeUndefined();
        expect([...store.scan(writer.no)].map((row) => row.scores)).toEqual([
          [[1, true], null],
          [
            [0, false],
            [0.25, false],
          ],
        ]);
      });

      it("is read back completely: answer, messages, tool calls, usage, scores", () => {
        const writer = create();
        const transcript = sampleTranscript({
          output: 'Zeile 1\nZeile 2 \u{1F600} "quoted" \u0000',
          messages: [
            { role: "assistant", content: null, tool_calls: [{ name: "look_up", arguments: { id: 7 } }] },
          ],
          tool_calls: [{ name: "look_up", arguments: { id: 7 } }],
          usage: usageOf({
            input_tokens: 812,
            cached_input_tokens: 700,
            cache_write_tokens: 12,
            reasoning_tokens: 3,
          }),
          latency_ms: null,
          cost_usd: null,
          refusal: "I cannot help.",
        });
        writer.record(answered(0, 1, { transcript, raw: '{"id":"x"}', scores: failed }));
        writer.flush();
        const [trial] = store.trials(writer.no, 0);
        expect(trial).toMatchObject({
          case_id: "first",
          trial: 1,
          kind: "answered",
          error: null,
          cached: false,
          pass: false,
          scores: failed.kind === "scored" ? failed.scores : [],
          answer: {
            output: transcript.output,
            messages: transcript.messages,
            tool_calls: transcript.tool_calls,
            input_tokens: 812,
            output_tokens: null,
            usage: transcript.usage,
            latency_ms: null,
            cost_usd: null,
            refusal: "I cannot help.",
            raw: '{"id":"x"}',
          },
        });
        expect(store.transcript(writer.no, 0, 1)?.transcript).toEqual(transcript);
      });

      it("is read back with its trajectory where it has one, and without one where it has none", () => {
        const writer = create();
        const way = {
          tool_calls: [
            { name: "find", arguments: {}, step: 1, result: { documents: [{ id: "K-1" }] }, latency_ms: 3 },
            { name: "refund", arguments: { id: 7 }, step: 2, error: "the till is closed" },
          ],
          trajectory: {
            retrievals: [{ step: 1, query: "k", documents: [{ id: "K-1", text: null, score: 0.5 }] }],
            ...{ state: { orders: { 7: "open" } }, turns: 2, steps: 3, stopped: "steps" as const },
          },
        };
        writer.record(answered(0, 1, { transcript: sampleTranscript(way) }));
        writer.record(answered(0, 2));
        writer.flush();
        expect(store.transcript(writer.no, 0, 1)?.transcript).toEqual(sampleTranscript(way));
        const [withTrajectory, withoutTrajectory] = store.trials(writer.no, 0);
        expect(withTrajectory?.answer).toMatchObject(way);
        expect(withoutTrajectory?.answer).not.toHaveProperty("trajectory");
        expect(store.transcript(writer.no, 0, 2)?.transcript).toEqual(sampleTranscript());
      });

      it("counts in the cost even without scores, as replies without an answer do", () => {
        const writer = create();
        writer.record(answered(0, 1));
        writer.record(answered(0, 2, { scores: null }));
        writer.record(answered(1, 1, { scores: { kind: "failed", error: "judge", message: "no verdict" } }));
        writer.recordLost(lostReply({ cost_usd: 0.5 }));
        writer.recordLost(lostReply({ usage: UNKNOWN_USAGE, cost_usd: null, most_usd: 3, most_tokens: 900 }));
        writer.flush();
        const beside = store.unscoredSpending(writer.no);
        expect(beside).toMatchObject({ replies: 4, unpriced: 1, tokens: 12 });
        expect(beside.usd).toBeCloseTo(0.5042, 12);
        expect(store.lostSpending(writer.no, "target")).toEqual({
          replies: 2,
          usd: 0.5,
          unpriced: 1,
          tokens: 12,
          untold: 1,
          most_usd: 3,
          most_tokens: 900,
        });
      });

      it("counts what unfinished conversations have cost, until they have ended", () => {
        const writer = create();
        let open: LostReply | null = lostReply({ cost_usd: 0.5 });
        writer.unfinished(() => open);
        for (const usd of [0.5, 0.7]) {
          open = lostReply({ cost_usd: usd });
          writer.calls(1);
          writer.flush();
          expect(store.lostSpending(writer.no, "target")).toMatchObject({ replies: 1, usd });
        }
        open = null;
        writer.flush();
        expect(store.lostSpending(writer.no, "target")).toMatchObject({ replies: 0, usd: 0 });
      });

      it("counts calls that come without a record soon after", async () => {
        const writer = create();
        writer.calls(3);
        await expect.poll(() => theRun().calls).toBe(3);
      });

      it.each([{ input_tokens: 5 }, { output_tokens: 5 }, {}])(
        "counts a reply that reports only %o at its maximum tokens",
        (reported) => {
          const writer = create();
          writer.recordLost(lostReply({ usage: usageOf(reported), most_tokens: 900 }));
          writer.recordLost(lostReply({ most_tokens: 70 }));
          writer.flush();
          expect(store.lostSpending(writer.no, "target")).toMatchObject({ tokens: 12, most_tokens: 900 });
          expect(store.unscoredSpending(writer.no)).toMatchObject({ tokens: 12 });
        },
      );

      it("distinguishes unreported tool calls and refusals from absent ones", () => {
        const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
        const transcript = sampleTranscript({ finish_reason: "length", untold: ["tool_calls", "refusal"] });
        writer.record({ ...answered(0, 1), transcript } as ReturnType<typeof answered>);
        const filtered = sampleTranscript({ finish_reason: "content_filter" });
        writer.record({ ...answered(0, 2), transcript: filtered } as ReturnType<typeof answered>);
        writer.flush();
        expect([...store.scan(writer.no)]).toMatchObject([
          { refused: null, tool_calls: null, cut: true },
          { refused: true, tool_calls: 0, cut: false },
        ]);
        expect(store.transcript(writer.no, 0, 1)?.transcript).toEqual(transcript);
      });

      it("is a row of the scan by case and trial, whatever order it came in", () => {
        const writer = create();
        writer.record(answered(1, 2, { scores: failed }));
        writer.record({ kind: "errored", case_no: 1, trial: 1, error: "timeout", message: "no reply" });
        writer.record(answered(0, 1));
        writer.flush();
        expect([...store.scan(writer.no)]).toEqual([
          {
            case_no: 0,
            trial: 1,
            kind: "answered",
            error: null,
            cached: false,
            pass: true,
            scores: [[1, true], null],
            latency_ms: 250.5,
            cost_usd: 0.0021,
            usage: UNKNOWN_USAGE,
            refused: false,
            tool_calls: 0,
            cut: false,
            way: { steps: 1, turns: 1, failed_calls: 0, stopped: false },
          },
          expect.objectContaining({
            case_no: 1,
            trial: 1,
            kind: "errored",
            error: "timeout",
            pass: null,
            scores: [],
          }),
          expect.objectContaining({
            case_no: 1,
            trial: 2,
            pass: false,
            scores: [
              [0, false],
              [0.25, false],
            ],
          }),
        ]);
      });

      it("is the same row in a scan of only the scores, but without latency and cost", () => {
        const writer = create();
        writer.record(answered(1, 2, { scores: failed }));
        writer.record({ kind: "errored", case_no: 1, trial: 1, error: "timeout", message: "no reply" });
        writer.record(answered(0, 1));
        writer.record(answered(0, 2, { scores: null }));
        writer.flush();
        const [first] = store.scanScores(writer.no);
        expect(first).toMatchObject({ latency_ms: null, cost_usd: null, refused: false, tool_calls: 0 });
        const summaryOf = ({ case_no, trial, kind, error, cached, pass, scores }: TrialRow) => {
          return { case_no, trial, kind, error, cached, pass, scores };
        };
        expect([...store.scanScores(writer.no)].map(summaryOf)).toEqual(
          [...store.scan(writer.no)].map(summaryOf),
        );
      });

      it("can be read alone", async () => {
        const writer = create();
        writer.record(answered(0, 1));
        writer.record(answered(0, 2, { scores: failed }));
        writer.flush();
        expect(await store.read.trial(writer.no, 0, 2)).toEqual(store.trials(writer.no, 0)[1]);
        expect(await store.read.trial(writer.no, 0, 3)).toBeUndefined();
      });

      it("that errored keeps its kind and message, and is replaced by the answer of a later session", () => {
        const writer = create();
        writer.record({ kind: "errored", case_no: 0, trial: 1, error: "rate-limit", message: "429 said no" });
        writer.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([
          { kind: "errored", error: "rate-limit", message: "429 said no", answer: null, pass: null },
        ]);
        const again = store.resume(theRun());
        again.record(answered(0, 1));
        again.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([{ kind: "answered", error: null, pass: true }]);
      });

      it("is stored before a slow scorer has finished, and gets its scores later", () => {
        const writer = create();
        writer.record(answered(0, 1, { scores: null }));
        writer.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([{ kind: "answered", pass: null, scores: [] }]);
        writer.recordScores(0, 1, failed);
        writer.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([{ kind: "answered", pass: false, answer: {} }]);
      });

      it("is errored when a required scorer could not score it, and keeps its answer", () => {
        const writer = create();
        writer.record(answered(0, 1, { scores: null }));
        writer.recordScores(0, 1, { kind: "failed", error: "judge", message: "tone: no verdict" });
        writer.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([
          { kind: "errored", error: "judge", message: "tone: no verdict", pass: null },
        ]);
        expect(store.transcript(writer.no, 0, 1)?.transcript).toEqual(sampleTranscript());
      });

      it("of another history's cache is told apart from one that this run asked for", () => {
        const writer = create();
        writer.record(answered(0, 1, { cached: true }));
        writer.record(answered(0, 2));
        writer.flush();
        expect(store.trials(writer.no, 0)).toMatchObject([{ cached: true }, { cached: false }]);
      });

      it("from the cache refers to the answer of the earlier run", async () => {
        const first = create();
        first.record(answered(0, 1));
        first.flush();
        const hit = store.cached(sampleCases[0]?.asked_hash ?? "", 1);
        const second = create(store, { id: "aa000002" });
        second.record({
          kind: "cached",
          case_no: 0,
          trial: 1,
          answer_id: hit?.answer_id ?? -1,
          scores: failed,
        });
        second.flush();
        expect(store.trials(second.no, 0)).toMatchObject([
          { cached: true, pass: false, answer: { output: sampleTranscript().output } },
        ]);
        expect(store.trials(first.no, 0)).toMatchObject([{ cached: false, pass: true }]);
        const { origins, answerIds } = store.read;
        const [asked] = store.runsByPrefix("aa000001");
        expect((await origins(second.no)).items).toEqual([{ case_no: 0, run: asked?.header.id }]);
        expect((await origins(first.no)).items).toEqual([]);
        expect((await answerIds(second.no)).items).toEqual([hit?.answer_id]);
        expect((await answerIds(first.no)).items).toEqual([hit?.answer_id]);
      });

      it("records that a fallback model answered, also for answers from the cache", async () => {
        const first = create();
        first.record(answered(0, 1, { transcript: sampleTranscript({ fallback: "other" }) }));
        first.record(answered(0, 2));
        first.flush();
        expect(store.fallbackAnswers(first.no)).toBe(1);
        expect(store.transcript(first.no, 0, 1)?.transcript.fallback).toBe("other");
        expect(store.transcript(first.no, 0, 2)?.transcript).not.toHaveProperty("fallback");
        expect((await store.read.trial(first.no, 0, 1))?.answer?.fallback).toBe("other");
        const second = create(store, { id: "aa000002" });
        second.record({
          kind: "cached",
          case_no: 0,
          trial: 1,
          answer_id: (await store.read.answerIds(first.no)).items[0] ?? 0,
          scores: null,
        });
        second.flush();
        expect(store.fallbackAnswers(second.no)).toBe(1);
      });
    });

    describe("the cache", () => {
      const [first, second] = sampleCases.map((one) => one.asked_hash) as [string, string];

      it("answers the same trial number of the same request, and no other", () => {
        const writer = create();
        writer.record(answered(0, 2, { transcript: sampleTranscript({ output: "second try" }) }));
        writer.flush();
        expect(store.cached(first, 2)?.transcript.output).toBe("second try");
        expect(store.cached(first, 1)).toBeUndefined();
        expect(store.cached(second, 2)).toBeUndefined();
        expect(store.cached(sha256("never asked"), 2)).toBeUndefined();
      });

      it("gives the newest answer", () => {
        for (const [id, output] of [
          ["aa000001", "older"],
          ["aa000002", "newer"],
        ] as const) {
          const writer = create(store, { id });
          writer.record(answered(0, 1, { transcript: sampleTranscript({ output }) }));
          writer.flush();
        }
        expect(store.cached(first, 1)?.transcript.output).toBe("newer");
      });

      it("never gives an answer recorded as uncached, which its own run keeps", () => {
        const writer = create();
        writer.record(answered(0, 1, { uncached: true }));
        writer.flush();
        expect(store.cached(first, 1)).toBeUndefined();
        expect(store.trials(writer.no, 0)).toMatchObject([{ trial: 1, pass: true }]);
      });

      it("never gives an errored trial", () => {
        const writer = create();
        writer.record({ kind: "errored", case_no: 0, trial: 1, error: "timeout", message: "no reply" });
        writer.flush();
        expect(store.cached(first, 1)).toBeUndefined();
      });

      it("has no answers of runs that asked nothing", () => {
        const writer = store.create(sampleHeader(), sampleCases, { ...sampleBodies, request: null });
        writer.record(answered(0, 1));
        writer.flush();
        expect(store.cached(first, 1)).toBeUndefined();
      });
    });

    describe("the end of a session", () => {
      it("stores status and report, and everything that was queued before", () => {
        const writer = create();
        writer.record(answered(0, 1));
        writer.end("incomplete", { gate: { outcome: "undecided" } }, "2025-03-01T12:05:00.000Z");
        expect(theRun()).toMatchObject({
          status: "incomplete",
          report: { gate: { outcome: "undecided" } },
          ended_at: "2025-03-01T12:05:00.000Z",
        });
        expect([...store.scan(writer.no)]).toHaveLength(1);
      });

      it("keeps the number of requests, and the next session adds its own and has not ended", async () => {
        const writer = create();
        writer.calls(1);
        writer.calls(2);
        writer.end("incomplete", null, "2025-03-01T12:05:00.000Z");
        const next = store.resume(theRun());
        expect(theRun()).toMatchObject({ status: "running", calls: 3, ended_at: null });
        expect((await store.read.since(next.no)).state).toMatchObject({ status: "running", ended_at: null });
        next.calls(4);
        next.end("complete", null, "2025-03-01T12:06:00.000Z");
        expect(theRun()).toMatchObject({ status: "complete", calls: 7 });
      });

      it("is followed by a session that may have other options, which the header then has", () => {
        create().end("incomplete", null, "2025-03-01T12:05:00.000Z");
        const run = theRun();
        store.resume({ ...run, header: { ...run.header, repeated_options: ["--budget 0.5"] } });
        expect(theRun().header).toEqual({ ...run.header, repeated_options: ["--budget 0.5"] });
      });
    });

    describe("the list of runs", () => {
      beforeEach(() => {
        const runs = [
          { id: "aa000001", suite: "triage", plan: "p1" },
          { id: "ab000002", suite: "reply", plan: "p2" },
          { id: "ab000003", suite: "triage", plan: "p2" },
        ];
        for (const run of runs) create(store, run);
      });
      const ids = (runs: readonly StoredRun[]): string[] => runs.map((run) => run.header.id);

      it("is newest first", () => {
        expect(ids(store.runs({}))).toEqual(["ab000003", "ab000002", "aa000001"]);
        expect(ids(store.runs({ limit: 1 }))).toEqual(["ab000003"]);
      });

      it("can be of one suite, one plan, or some statuses", () => {
        expect(ids(store.runs({ suite: "triage" }))).toEqual(["ab000003", "aa000001"]);
        expect(ids(store.runs({ plan: "p2" }))).toEqual(["ab000003", "ab000002"]);
        store.resume(theRun()).end("complete", null, "2025-03-01T12:05:00.000Z");
        expect(ids(store.runs({ status: ["complete"] }))).toEqual(["ab000003"]);
        expect(ids(store.runs({ status: ["complete", "running"], suite: "reply" }))).toEqual(["ab000002"]);
      });

      it("leaves canaries out unless the run that they belong to is named", () => {
        create(store, { id: "ca000004", suite: "triage", plan: "p3", canary_of: "ab000003" });
        expect(ids(store.runs({}))).toEqual(["ab000003", "ab000002", "aa000001"]);
        expect(ids(store.runs({ plan: "p3" }))).toEqual([]);
        expect(ids(store.runs({ canary_of: "ab000003" }))).toEqual(["ca000004"]);
        expect(ids(store.runs({ canary_of: "ab000003", plan: "p1" }))).toEqual([]);
        expect(ids(store.runs({ canary_of: "aa000001" }))).toEqual([]);
        expect(ids(store.runsByPrefix("ca"))).toEqual(["ca000004"]);
      });

      it("leaves variants out unless the run that they come from is named", () => {
        create(store, { id: "da000004", suite: "triage", plan: "p3", pressure_of: "ab000003" });
        expect(ids(store.runs({}))).toEqual(["ab000003", "ab000002", "aa000001"]);
        expect(ids(store.runs({ plan: "p3" }))).toEqual([]);
        expect(ids(store.runs({ pressure_of: "ab000003" }))).toEqual(["da000004"]);
        expect(ids(store.runs({ pressure_of: "aa000001" }))).toEqual([]);
        expect(ids(store.runs({ canary_of: "ab000003" }))).toEqual([]);
      });

      it("finds runs by the beginning of their id", () => {
        expect(ids(store.runsByPrefix("ab"))).toEqual(["ab000003", "ab000002"]);
        expect(ids(store.runsByPrefix("aa000001"))).toEqual(["aa000001"]);
        expect(ids(store.runsByPrefix("b"))).toEqual([]);
      });
    });

    describe("two handles on one history", () => {
      it("see each other's answers after one turn of the event loop, without a flush", async () => {
        const other = await open();
        const writer = create();
        writer.record(answered(0, 1));
        await turn();
        expect([...other.scan(writer.no)]).toHaveLength(1);
        expect(other.cached(sampleCases[0]?.asked_hash ?? "", 1)).toBeDefined();
      });

      it("both finish when they write at once", async () => {
        const other = await open();
        const one = create();
        const two = create(other, { id: "aa000002" });
        for (let round = 0; round < 50; round++) {
          for (const [writer, output] of [
            [one, "one"],
            [two, "two"],
          ] as const) {
            writer.record(
              answered(round % 2, 1 + (round >> 1), { transcript: sampleTranscript({ output }) }),
            );
          }
          if (round % 7 === 0) await turn();
        }
        one.end("complete", null, "2025-03-01T12:05:00.000Z");
        two.end("complete", null, "2025-03-01T12:05:00.000Z");
        for (const [writer, output] of [
          [one, "one"],
          [two, "two"],
        ] as const) {
          const trials = store.trials(writer.no, 0);
          expect(trials).toHaveLength(25);
          expect(new Set(trials.map((trial) => trial.answer?.output))).toEqual(new Set([output]));
        }
      });
    });

    it("keeps scores of trials that passed and failed apart from one another", () => {
      const writer = create();
      writer.record(answered(0, 1, { scores: passed }));
      writer.record(answered(0, 2, { scores: failed }));
      writer.recordScores(0, 1, failed);
      writer.flush();
      expect(store.trials(writer.no, 0).map((one) => one.pass)).toEqual([false, false]);
      writer.recordScores(0, 2, passed);
      writer.flush();
      expect(store.trials(writer.no, 0).map((one) => one.pass)).toEqual([false, true]);
    });
  });
}
