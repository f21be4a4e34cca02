import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../open-store.ts";
import { sampleCases, sampleHeader, sampleTranscript } from "../testing/sample-run.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import { writeOldDatabase } from "../testing/write-old-database.ts";
import type { Database } from "./database.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";

const UPDATE = process.env.UPDATE_GOLDENS === "1";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const versions = MIGRATIONS.map((_, index) => index + 1);

/** Every statement that made the schema, by kind and name. */
function schemaOf(db: Database): string {
  const rows = db
    .prepare<[], { sql: string }>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
    .all();
  return `${rows.map((row) => `${row.sql};`).join("\n\n")}\n`;
}

describe("a migration", () => {
  it.each(versions)("number %i leaves the schema that was reviewed with it", async (version) => {
    const db = await openDatabase(":memory:");
    for (const step of MIGRATIONS.slice(0, version)) db.exec(step);
    const golden = here(`../../../fixtures/databases/schema-${version}.sql`);
    const schema = schemaOf(db);
    if (UPDATE) writeFileSync(golden, schema);
    expect(schema).toBe(readFileSync(golden, "utf8"));
  });

  it("is not run a second time", async () => {
    const db = await openDatabase(":memory:");
    migrate(db);
    const before = schemaOf(db);
    migrate(db);
    expect(schemaOf(db)).toBe(before);
    expect(db.pragma("user_version", { simple: true })).toBe(MIGRATIONS.length);
  });
});

describe("a history of an earlier version", () => {
  let place: ReturnType<typeof sqlitePlace>;
  beforeEach(() => {
    place = sqlitePlace();
  });
  afterEach(() => place.remove());

  it.each(versions)("%i still opens, with all that is in it", async (version) => {
    const kept = here(`../../../fixtures/databases/history-${version}.db`);
    // A database of a version is made while that version is the newest, and never again.
    if (UPDATE && !existsSync(kept)) await writeOldDatabase(kept);
    mkdirSync(dirname(place.file), { recursive: true });
    copyFileSync(kept, place.file);
    const store = await openStore(place.root);
    try {
      const [run] = store.runs({});
      expect(run).toMatchObject({ header: sampleHeader(), status: "incomplete", calls: 3 });
      expect(store.cases(run?.no ?? 0).map((one) => one.id)).toEqual(sampleCases.map((one) => one.id));
      expect([...store.scan(run?.no ?? 0)]).toMatchObject([
        { case_no: 0, trial: 1, pass: true, scores: [[1, true], null] },
        {
          case_no: 0,
          trial: 2,
          pass: false,
          scores: [
            [0, false],
            [0.25, false],
          ],
        },
        { case_no: 1, trial: 1, kind: "errored", error: "timeout" },
      ]);
      expect(store.transcript(run?.no ?? 0, 0, 1)?.transcript).toEqual(sampleTranscript());
      expect(store.content(run?.no ?? 0, 0)).toEqual({
        input: { message: "question 0" },
        expected: { queue: "billing" },
      });
    } finally {
      store.close();
    }
    const db = await openDatabase(join(place.root, ".evals/history.db"));
    expect(db.pragma("user_version", { simple: true })).toBe(MIGRATIONS.length);
    db.close();
  });
});
