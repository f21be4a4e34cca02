import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../domain/json.ts";
import type { EvalsError } from "../../domain/problem.ts";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import { markProcess } from "../../processes/process-mark.ts";
import type { Store, StoredRun } from "../store.ts";
import { storeBatchesContract } from "../store-batches-contract.ts";
import { storeCareContract } from "../store-care-contract.ts";
import { storeContract } from "../store-contract.ts";
import { storeJudgementsContract } from "../store-judgements-contract.ts";
import { storeProcessContract } from "../store-process-contract.ts";
import { storeReadsContract } from "../store-reads-contract.ts";
import { storeTrafficContract } from "../store-traffic-contract.ts";
import { postgresPlace } from "../testing/postgres-place.ts";
import {
  answered,
  sampleBodies,
  sampleCases,
  sampleHeader,
  sampleTranscript,
} from "../testing/sample-run.ts";
import { openPostgresStore, type PostgresHistory } from "./postgres-store.ts";

describe.skipIf(skippedWithoutPostgres())("the history in PostgreSQL", () => {
  let postgres: PrivatePostgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = postgres.database();
  });
  afterAll(() => postgres?.stop());

  const place = () => postgresPlace(url);
  storeContract("is a store", place);
  storeBatchesContract("keeps batches", place);
  storeCareContract("can be maintained", place);
  storeProcessContract("records processes", place);
  storeReadsContract("is read in pages", place);
  storeJudgementsContract("keeps what judges replied", place);
  storeTrafficContract("keeps traffic", place);

  const opened: Store[] = [];
  const open = async (more: Partial<PostgresHistory> = {}): Promise<Store> => {
    const store = await openPostgresStore({
      ...{ address: `${url}?schema=own`, now: Date.now, self: markProcess(process.pid), notice: () => {} },
      ...more,
    });
    opened.push(store);
    return store;
  };
  const refusal = async (address: string): Promise<string> =>
    open({ address }).then(
      () => expect.unreachable("it opened"),
      (error: EvalsError) => JSON.stringify(error.problems),
    );
  afterEach(() => {
    for (const one of opened.splice(0)) one.close();
    postgres.sql(url, "DROP SCHEMA IF EXISTS own CASCADE");
  });
  const texts = (store: Store, no: number) => store.trials(no, 0).map(({ answer }) => answer?.output);

  it("keeps every character of an answer", async () => {
    const store = await open();
    const outputs = ["a\0b", "\u0001", "\u00010\0", "plain"];
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    for (const [at, output] of outputs.entries())
      writer.record(answered(0, at + 1, { transcript: sampleTranscript({ output }) }));
    writer.flush();
    expect(texts(store, writer.no)).toEqual(outputs);
  });

  it("is separate from another history in the same database", async () => {
    (await open()).create(sampleHeader(), sampleCases, sampleBodies);
    const [run] = (await open()).runs({});
    expect(run?.header.id).toBe("aa000001");
    expect((await open({ address: `${url}?schema=others` })).runs({})).toEqual([]);
  });

  it("waits for a database that crashed, and keeps each answer once", async () => {
    const notices: string[] = [];
    const store = await open({ notice: (text) => notices.push(text) });
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    writer.record(answered(0, 1));
    writer.flush();
    const { restarted } = postgres.crashApart(1500);
    for (let trial = 2; trial <= 40; trial++) {
      writer.record(answered(0, trial));
      writer.flush();
    }
    await restarted;
    expect(store.trials(writer.no, 0)).toHaveLength(40);
    expect(await store.care.size()).toMatchObject({ answers: 40 });
    expect(notices).toEqual([expect.stringContaining("waiting for it"), "PostgreSQL answers again."]);
  });

  const fullDisk = (trigger: string): string =>
    `CREATE FUNCTION own.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
     ${trigger} FOR EACH ROW EXECUTE FUNCTION own.full_disk()`;
  const readOnly = (setting: string): string =>
    `ALTER DATABASE ${url.split("/").at(-1)} ${setting} default_transaction_read_only`;

  describe.each<readonly [name: string, breakIt: () => string, mendIt: () => string]>([
    [
      "whose disk is full",
      () => fullDisk("CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON own.trials"),
      () => "DROP FUNCTION own.full_disk CASCADE",
    ],
    [
      "whose disk is full at the end of a transaction",
      () =>
        fullDisk(
          "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT OR UPDATE ON own.trials DEFERRABLE INITIALLY DEFERRED",
        ),
      () => "DROP FUNCTION own.full_disk CASCADE",
    ],
    [
      "that a failover has made read-only",
      () =>
        `${readOnly("SET")} = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      () => `BEGIN READ WRITE; ${readOnly("RESET")}; COMMIT`,
    ],
  ])("in a database %s", (_, breakIt, mendIt) => {
    it("waits with a notice, and keeps each answer once", async () => {
      const notices: string[] = [];
      const store = await open({ notice: (text) => notices.push(text) });
      const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
      writer.record(answered(0, 1));
      writer.flush();
      postgres.sql(url, breakIt());
      const { done } = postgres.sqlApart(url, mendIt(), 1500);
      for (let trial = 2; trial <= 10; trial++) {
        writer.record(answered(0, trial));
        writer.flush();
      }
      await done;
      expect(store.trials(writer.no, 0)).toHaveLength(10);
      expect(await store.care.size()).toMatchObject({ answers: 10 });
      expect(notices).toEqual([
        expect.stringMatching(/takes no writes .*waiting for it/),
        "PostgreSQL answers again.",
      ]);
    });

    it("ends after a time with the cause", async () => {
      const store = await open({ patience_ms: 500 });
      const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
      postgres.sql(url, breakIt());
      try {
        writer.record(answered(0, 1));
        expect(() => writer.flush()).toThrow(/cannot be written|takes no writes/);
      } finally {
        postgres.sql(url, mendIt());
      }
    });
  });

  it("writes on closing, once each, the answers and judgements that arrived after it stopped waiting", async () => {
    const store = await open({ patience_ms: 0 });
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    const { restarted } = postgres.crashApart(300);
    writer.record(answered(0, 1));
    expect(() => writer.flush()).toThrow(/No PostgreSQL answers/);
    expect(() => writer.record(answered(0, 2))).toThrow();
    const judged = store.recordJudgement({
      ...{
        asked: sha256("asked"),
        draw: 1,
        judge: sha256("judge"),
        run_no: null,
        case_id: "first",
        raw: null,
      },
      ...{ request: { hash: sha256("request"), body: () => "{}" }, transcript: sampleTranscript() },
    });
    await expect(judged).rejects.toThrow();
    await restarted;
    store.close();
    const later = await open();
    expect(later.trials(writer.no, 0)).toHaveLength(2);
    expect(later.newestJudgement()).toBe(1);
  });

  it("learns of each departure once, even if the transaction is repeated after a lost connection", async () => {
    const store = await open();
    store.departures.depart("bot", 0, 60_000, () => 7);
    const heard: number[][] = [];
    const last = store.departures.depart("bot", 0, 60_000, (others) => {
      heard.push(others.map(({ tokens }) => tokens));
      if (heard.length === 1)
        postgres.sql(
          url,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'",
        );
      return 1;
    });
    expect(heard).toEqual([[7], []]);
    expect(store.departures.depart("bot", 0, 60_000, () => null)).toBe(last);
  });

  it("leaves a run to a process of another machine as long as that sends heartbeats", async () => {
    const store = await open();
    store
      .create(sampleHeader(), sampleCases, sampleBodies)
      .end("incomplete", null, "2025-03-01T12:05:00.000Z");
    const [run] = store.runs({});
    const mark = JSON.stringify({ pid: 7, started: "1", host: "elsewhere" });
    const seen = (ago: string) =>
      postgres.sql(
        url,
        `UPDATE own.runs SET owner = '${mark}'; INSERT INTO own.processes VALUES ('${mark}', now() - interval '${ago}') ON CONFLICT (mark) DO UPDATE SET seen_at = excluded.seen_at`,
      );
    seen("2 seconds");
    expect(() => store.claim(run as StoredRun)).toThrow("Process 7 on elsewhere is at work");
    seen("1 minute");
    expect(store.claim(run as StoredRun)).toMatchObject({ process: process.pid });
  });

  it("reports what is wrong with an address, and never the password", async () => {
    const at = new URL(url).host;
    expect(await refusal("mysql://ada:secret@db/evals")).toContain("EVALS_POSTGRES_ADDRESS");
    expect(await refusal(`${url}?schema=No; DROP`)).toContain("EVALS_POSTGRES_ADDRESS");
    expect(await refusal(`postgres://ada:secret@${at}/absent`)).toMatch(/EVALS_POSTGRES_REFUSED(?!.*secret)/);
    expect(await refusal("postgres://ada:secret@127.0.0.1:1/evals")).toMatch(
      /EVALS_POSTGRES_UNREACHABLE(?!.*secret)/,
    );
  });

  it("reports that it is read-only, or was changed by a newer program", async () => {
    (await open()).close();
    const { host } = new URL(url);
    postgres.sql(url, "CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on");
    expect(await refusal(`postgres://reader@${host}${new URL(url).pathname}?schema=own`)).toContain(
      "EVALS_POSTGRES_READ_ONLY",
    );
    postgres.sql(url, "UPDATE own.schema_version SET version = 99");
    expect(await refusal(`${url}?schema=own`)).toContain("EVALS_STORE_NEWER");
  });
});
