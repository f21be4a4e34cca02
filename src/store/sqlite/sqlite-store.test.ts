import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EvalsError } from "../../domain/problem.ts";
import { HISTORY_FILE } from "../history-file.ts";
import { openStore } from "../open-store.ts";
import type { Store } from "../store.ts";
import { answered, failed, sampleBodies, sampleCases, sampleHeader } from "../testing/sample-run.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import { MIGRATIONS } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

let place: ReturnType<typeof sqlitePlace>;
const opened: { close(): void }[] = [];
beforeEach(() => {
  place = sqlitePlace();
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  place.remove();
});
const open = async (): Promise<Store> => {
  const store = await openStore(place.root);
  opened.push(store);
  return store;
};
const raw = async (): Promise<SqliteDatabase> => {
  const db = await openDatabase(place.file);
  opened.push(db);
  return db;
};
const refusal = async (): Promise<{ code: string | undefined; path: string | undefined }> => {
  const error = await open().then(
    () => expect.unreachable("it opened"),
    (thrown: EvalsError) => thrown,
  );
  const [problem] = error.problems;
  return { code: problem?.code, path: problem?.path };
};

describe("the folder of the history", () => {
  it("is excluded from git when it is created, and an existing folder is not changed", async () => {
    (await open()).close();
    const ignored = join(place.root, ".evals/.gitignore");
    expect(readFileSync(ignored, "utf8")).toBe("*\n");
    writeFileSync(ignored, "mine\n");
    (await open()).close();
    expect(readFileSync(ignored, "utf8")).toBe("mine\n");
  });
});

describe("a history that cannot be used", () => {
  it("is refused when a newer program wrote it, and left as it is", async () => {
    (await open()).close();
    (await raw()).pragma(`user_version = ${MIGRATIONS.length + 1}`);
    expect(await refusal()).toEqual({ code: "EVALS_STORE_NEWER", path: HISTORY_FILE });
    expect((await raw()).pragma("user_version", { simple: true })).toBe(MIGRATIONS.length + 1);
  });

  it("is refused when it is not a database, and left as it is", async () => {
    mkdirSync(join(place.root, ".evals"));
    writeFileSync(place.file, "not a database, but long enough to be taken for one".repeat(50));
    expect(await refusal()).toMatchObject({ code: "EVALS_STORE_CORRUPT" });
    expect(readFileSync(place.file, "utf8")).toMatch(/^not a database/);
  });

  it("is refused when its pages are damaged", async () => {
    const store = await open();
    store.create(sampleHeader(), sampleCases, sampleBodies);
    store.close();

    const bytes = readFileSync(place.file);
    bytes.fill(0xff, 100, 4096);
    writeFileSync(place.file, bytes);
    expect(await refusal()).toMatchObject({ code: "EVALS_STORE_CORRUPT" });
  });

  it("is refused when there is a file in the place of its folder", async () => {
    writeFileSync(join(place.root, ".evals"), "");
    expect(await refusal()).toMatchObject({ code: "EVALS_STORE_UNWRITABLE" });
  });

  it("is refused when its folder is a link to nowhere", async () => {
    symlinkSync(join(place.root, "gone", "away"), join(place.root, ".evals"));
    expect(await refusal()).toMatchObject({ code: "EVALS_STORE_UNWRITABLE" });
  });

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0)("is refused when its folder may not be written", async () => {
    mkdirSync(join(place.root, ".evals"));
    chmodSync(join(place.root, ".evals"), 0o500);
    try {
      expect(await refusal()).toMatchObject({ code: "EVALS_STORE_UNWRITABLE" });
    } finally {
      chmodSync(join(place.root, ".evals"), 0o700);
    }
  });
});

describe("writing", () => {
  it("waits for another process that holds the file, and loses nothing", async () => {
    const store = await open();
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    const holder = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
       let db;
       try { db = new (require("better-sqlite3"))(workerData); }
       catch { db = new (require("node:sqlite").DatabaseSync)(workerData); }
       db.exec("BEGIN IMMEDIATE");
       parentPort.postMessage("held");
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
       db.exec("COMMIT");
       db.close();`,
      { eval: true, workerData: place.file },
    );
    await new Promise((resolve) => holder.once("message", resolve));
    writer.record(answered(0, 1));
    writer.flush();
    expect([...store.scan(writer.no)]).toHaveLength(1);
    await new Promise((resolve) => holder.once("exit", resolve));
  });

  it("reports at the next answer that the last could not be written, so that no more are paid for", async () => {
    const store = await open();
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    (await raw()).exec("DROP TABLE answers");
    writer.record(answered(0, 1));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(() => writer.record(answered(0, 2))).toThrow("answers");
  });
});

describe("the documented views", () => {
  let db: SqliteDatabase;
  beforeEach(async () => {
    const store = await open();
    const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
    writer.record(answered(0, 1, { scores: failed }));
    writer.record({ kind: "errored", case_no: 1, trial: 1, error: "timeout", message: "no reply" });
    writer.calls(3);
    writer.end("incomplete", null, "2025-03-01T12:05:00.000Z");
    db = await raw();
  });

  it("leave out variants of trials", async () => {
    const count = (view: string): unknown => db.prepare(`SELECT count(*) FROM ${view}`).pluck().get();
    const views = ["run_overview", "trial_overview", "score_overview"];
    const before = views.map(count);
    const store = await open();
    const own = sampleHeader();
    const writer = store.create(
      sampleHeader({ id: "da000001", pressure_of: own.id }),
      sampleCases,
      sampleBodies,
    );
    writer.record(answered(0, 1, { scores: failed }));
    writer.flush();
    expect([...store.scan(writer.no)]).toHaveLength(1);
    expect(views.map(count)).toEqual(before);
  });

  it("run_overview lists each run with its target and commit", () => {
    const header = sampleHeader();
    expect(db.prepare("SELECT * FROM run_overview").all()).toEqual([
      {
        run: header.id,
        suite: "triage",
        status: "incomplete",
        started_at: header.started_at,
        ended_at: "2025-03-01T12:05:00.000Z",
        calls: 3,
        target: header.target,
        fingerprint: header.fingerprint,
        commit_id: header.commit,
      },
    ]);
  });

  it("trial_overview lists each trial with its answer", () => {
    const rows = db.prepare("SELECT * FROM trial_overview ORDER BY case_id").all();
    expect(rows).toMatchObject([
      {
        run: "aa000001",
        suite: "triage",
        case_id: "first",
        trial: 1,
        outcome: "answered",
        pass: 0,
        cached: 0,
        output: '{"queue":"billing"}',
        latency_ms: 250.5,
        cost_usd: 0.0021,
      },
      {
        case_id: "second",
        trial: 1,
        outcome: "errored",
        error: "timeout",
        message: "no reply",
        output: null,
        pass: null,
      },
    ]);
  });

  it("score_overview has no row where an optional scorer could not score", async () => {
    const store = await open();
    const writer = store.create(sampleHeader({ id: "aa000002" }), sampleCases, sampleBodies);
    writer.record(answered(0, 1));
    writer.flush();
    const rows = db.prepare("SELECT scorer, score FROM score_overview WHERE run = 'aa000002'").all();
    expect(rows).toEqual([{ scorer: "queue", score: 1 }]);
  });

  it("score_overview lists each score by its scorer's name", () => {
    expect(db.prepare("SELECT * FROM score_overview ORDER BY scorer").all()).toEqual([
      {
        run: "aa000001",
        suite: "triage",
        case_id: "first",
        trial: 1,
        scorer: "queue",
        score: 0,
        pass: 0,
        reason: "expected billing, found shipping",
      },
      {
        run: "aa000001",
        suite: "triage",
        case_id: "first",
        trial: 1,
        scorer: "tone",
        score: 0.25,
        pass: 0,
        reason: "curt",
      },
    ]);
  });
});
