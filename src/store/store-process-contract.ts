import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import { markProcess, type ProcessMark } from "../processes/process-mark.ts";
import type { NewJudgement, RunWriter, Store, StoredRun } from "./store.ts";
import type { StorePlace } from "./store-contract.ts";
import { answered, sampleBodies, sampleCases, sampleHeader, sampleTranscript } from "./testing/sample-run.ts";

const reply: NewJudgement = {
  asked: sha256("model and request"),
  draw: 1,
  judge: sha256("judge"),
  run_no: null,
  case_id: "first",
  request: { hash: sha256("judge request"), body: () => "{}" },
  transcript: sampleTranscript(),
  raw: null,
};

/** The tests of several writing processes that every store must pass. */
export function storeProcessContract(name: string, makePlace: () => StorePlace): void {
  describe(name, () => {
    let place: StorePlace;
    let store: Store;
    const opened: Store[] = [];
    const open = async (self?: ProcessMark): Promise<Store> => {
      const one = await place.open(self);
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
    describe("the log of calls to a model", () => {
      it("passes each call once to each process that records a call to the same model", async () => {
        const other = await open();
        const received: [string, number[]][] = [];
        const depart = (on: Store, model: string, after: number, tokens: number | null) =>
          on.departures.depart(model, after, 60_000, (others) => {
            received.push([model, others.map((one) => one.tokens)]);
            for (const { age_ms } of others) expect(age_ms).toBeLessThan(60_000);
            return tokens;
          });
        const own = depart(store, "bot", 0, 10);
        depart(store, "judge", 0, 5);
        const theirs = depart(other, "bot", 0, 20.2);
        const again = depart(store, "bot", own, null);
        depart(store, "bot", again, 1);
        expect(received).toEqual([
          ["bot", []],
          ["judge", []],
          ["bot", [10]],
          ["bot", [21]],
          ["bot", []],
        ]);
        expect(again).toBe(theirs);
      });

      it("passes no call that is older than the limit", () => {
        store.departures.depart("bot", 0, 60_000, () => 1);
        store.departures.depart("bot", 0, 0, (others) => {
          expect(others).toEqual([]);
          return null;
        });
      });

      it("records no call if `decide` throws", () => {
        const decide = () => {
          throw new Error("no");
        };
        expect(() => store.departures.depart("bot", 0, 60_000, decide)).toThrow("no");
        store.departures.depart("bot", 0, 60_000, (others) => {
          expect(others).toEqual([]);
          return null;
        });
      });
    });

    const create = (on = store): RunWriter => on.create(sampleHeader(), sampleCases, sampleBodies);
    const theRun = (): StoredRun => {
      const [run] = store.runs({});
      if (run === undefined) throw new Error("no run is stored");
      return run;
    };
    const ids = (runs: readonly StoredRun[]): string[] => runs.map((run) => run.header.id);

    describe("the process that works on a run", () => {
      let other: ChildProcess;
      let others: Store;
      beforeEach(async () => {
        other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
        others = await open(markProcess(other.pid ?? 0));
      });
      const kill = async (): Promise<void> => {
        if (other.exitCode !== null || other.signalCode !== null) return;
        other.kill("SIGKILL");
        await once(other, "exit");
      };
      afterEach(kill);

      it("is the only one while it lives, whether it started the run or claimed it", () => {
        create(others);
        const busy = `Process ${other.pid} is at work on run aa000001 of suite triage.`;
        expect(theRun()).toMatchObject({ status: "running", process: other.pid });
        expect(() => store.claim(theRun())).toThrow(busy);
        others.close();
        expect(theRun()).toMatchObject({ status: "interrupted", process: null });
        expect(store.claim(theRun())).toMatchObject({ status: "running", process: process.pid });
      });

      it("does not block others once it is killed: its run is interrupted and can be resumed", async () => {
        create(others).end("incomplete", null, "2025-03-01T12:05:00.000Z");
        others.resume(theRun());
        expect(() => store.resume(theRun())).toThrow("EVALS_RUN_BUSY");
        await kill();
        expect(theRun()).toMatchObject({ status: "interrupted", process: null });
        expect(ids(store.runs({ status: ["interrupted"] }))).toEqual(["aa000001"]);
        expect(store.runs({ status: ["running"] })).toEqual([]);
        store.resume(theRun());
        expect(theRun()).toMatchObject({ status: "running", process: process.pid });
      });

      it("releases the run at the end of its session", () => {
        create(others).end("incomplete", null, "2025-03-01T12:05:00.000Z");
        expect(theRun()).toMatchObject({ status: "incomplete", process: null });
        store.claim(theRun());
        expect(theRun()).toMatchObject({ status: "incomplete", process: process.pid });
        expect(() => others.claim(theRun())).toThrow(`Process ${process.pid}`);
      });

      it("may claim the run twice", () => {
        create();
        expect(store.claim(store.claim(theRun()))).toMatchObject({ status: "running" });
      });

      it("keeps the run from another store of the same process until its own store closes", async () => {
        create();
        const second = await open();
        const run = theRun();
        expect(() => second.resume(run)).toThrow("Another call in this process is at work on run aa000001");
        store.close();
        expect(second.claim(run)).toMatchObject({ status: "running" });
      });

      it("gets the current state of the run when it claims it", () => {
        const writer = create(others);
        const before = theRun();
        writer.calls(5);
        writer.end("incomplete", null, "2025-03-01T12:05:00.000Z");
        expect(store.claim(before)).toMatchObject({ status: "incomplete", calls: 5 });
      });
    });

    describe("a store that closes", () => {
      it("writes what is queued, and an answer whose scores never arrived", async () => {
        const writer = create();
        writer.arrived(answered(0, 1, { scores: null }));
        writer.record(answered(0, 1));
        writer.arrived(answered(0, 2, { scores: null }));
        store.close();
        const rows = [...(await open()).scan(writer.no)];
        expect(rows.map(({ trial, pass }) => [trial, pass])).toEqual([
          [1, true],
          [2, null],
        ]);
      });

      it("writes a reply of a judge that has just arrived", async () => {
        const { no } = create();
        void store.recordJudgement({ ...reply, run_no: no });
        store.close();
        expect((await open()).judgeSpending(no).replies).toBe(1);
      });
    });
  });
}
