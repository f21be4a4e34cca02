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
import { markProcess } from "../../processes/process-mark.ts";
import { answered, sampleBodies, sampleCases, sampleHeader } from "../testing/sample-run.ts";
import { openPostgresStore } from "./postgres-store.ts";

describe.skipIf(skippedWithoutPostgres() || skippedWithoutPooler())(
  "a history behind a pooler in transaction mode",
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

    it("is written and read over more connections than the pooler has sessions", async () => {
      const open = () =>
        openPostgresStore({
          ...{ address: pooler.url, now: Date.now, self: markProcess(process.pid), notice: () => {} },
        });
      const stores = await Promise.all([open(), open(), open(), open()]);
      const writers = stores.map((store, at) =>
        store.create(sampleHeader({ id: `aa00000${at}` }), sampleCases, sampleBodies),
      );
      for (const trial of [1, 2, 3])
        for (const writer of writers) {
          writer.record(answered(0, trial));
          writer.flush();
        }
      for (const [at, store] of stores.entries()) {
        const { no } = writers[at] ?? expect.unreachable();
        // A scan that is interrupted by a write of the same store.
        const scanned = store.scan(no);
        expect(scanned.next().value).toMatchObject({ trial: 1 });
        writers[at]?.record(answered(0, 4));
        writers[at]?.flush();
        expect([...scanned].length).toBeGreaterThanOrEqual(2);
        expect(store.runs({})).toHaveLength(4);
        expect(store.departures.depart("m", 0, 1000, () => 1)).toBe(at + 1);
        writers[at]?.end("complete", null, "2025-03-01T12:05:00.000Z");
      }
      for (const store of stores) store.close();
    });
  },
);
