import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import {
  skippedWithoutPooler,
  startPooler,
  type TransactionPooler,
} from "../../postgres/testing/transaction-pooler.ts";
import type { FleetDatabase } from "../database.ts";
import { openPostgresFleet } from "./open-postgres.ts";

const never = new AbortController().signal;

describe.skipIf(skippedWithoutPostgres() || skippedWithoutPooler())(
  "workers behind a pooler in transaction mode",
  () => {
    let postgres: PrivatePostgres;
    let pooler: TransactionPooler;
    beforeAll(async () => {
      postgres = await startPostgres();
      pooler = await startPooler(postgres.database(), 3);
    });
    afterAll(() => {
      pooler?.stop();
      postgres?.stop();
    });

    it("work on each block once, with more connections than the pooler has sessions", async () => {
      const fleets = await Promise.all(
        Array.from({ length: 3 }, () => openPostgresFleet(pooler.url, () => {}, 0)),
      );
      const [planner] = fleets as [FleetDatabase];
      const plan = {
        ...{ run: "aaaa0001", plan_hash: "h", commit: "c", suite: "s", alias: "m", request: {} },
        ...{ asks_again: true, program: "1.0.0", header: {}, budget: { usd: 100 } },
      };
      const { no } = await planner.plans.open(plan);
      await planner.plans.publish(
        no,
        Array.from({ length: 9 }, (_, at) => [{ case_no: at, trial: 1 }]),
      );
      const takeAll = async (fleet: FleetDatabase, hand: number): Promise<number[]> => {
        const worker = await fleet.bench.arrive({ name: `w${hand}`, program: "1.0.0", models: null });
        const book = fleet.book(never);
        const done: number[] = [];
        for (;;) {
          const block = await fleet.bench.lease({ ...plan, no, bounded: true }, worker);
          if (block === undefined) return done;
          const id = String(hand * 1000 + block.no);
          const owner = { plan: no, bounded: true, block: block.no, fence: block.fence };
          const call = { id, key: id, judge: null, case_id: "c", most_usd: 1, most_tokens: 1 };
          expect(await book.opened({ ...owner, ...call })).toBe("go");
          await book.closed({
            ...{ plan: no, id, state: "answered", billed: true, usage: null, usd: 0.5, reply: "{}" },
          });
          await fleet.bench.beat(worker, [block]);
          const granted = () => ({ requests: 1, tokens: 1, wait_ms: 0 });
          expect(await fleet.pace.lease("m", 1000, granted)).toMatchObject({ requests: 1 });
          const trials = block.trials.map((one) => ({ ...one, call: id, reply: null, scoring: null }));
          const worked = {
            ...{ trials, rest: [], judgements: null, used: [id], passed: 1, errored: 0 },
            pace: { limited_by: null, waited_ms: 0, refused: 0 },
          };
          expect(await fleet.bench.finish({ ...plan, no, bounded: true }, block, worker, worked)).toBe(true);
          done.push(block.no);
        }
      };
      const hands = await Promise.all(fleets.map(takeAll));
      expect(hands.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      const { done } = await planner.plans.progress(no, []);
      expect(done).toHaveLength(9);
      expect(await planner.plans.sums(no)).toMatchObject({ calls: 9 });
      for (const fleet of fleets) await fleet.close();
    });
  },
);
