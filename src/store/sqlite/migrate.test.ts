import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EvalsError } from "../../domain/problem.ts";
import { earlierHistory, hasHistory, SCHEMA_VERSION } from "../history-file.ts";
import { openStore } from "../open-store.ts";
import type { Database } from "../sql/database.ts";
import { sampleCases, sampleHeader, sampleTranscript } from "../testing/sample-run.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import { writeOldDatabase } from "../testing/write-old-database.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";

const UPDATE = process.env.UPDATE_GOLDENS === "1";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const versions = MIGRATIONS.map((_, index) => index + 1);

/** The statements of the schema, sorted by type and name. */
function schemaOf(db: Database): string {
  const rows = db
    .prepare<[], { sql: string }>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
    .all();
  return `${rows.map((row) => `${row.sql};`).join("\n\n")}\n`;
}

async function versionOf(path: string): Promise<unknown> {
  const db = await openDatabase(path);
  const version = db.pragma("user_version", { simple: true });
  db.close();
  return version;
}

describe("a migration", () => {
  it("changes the number in the file's name with the schema", () => {
    expect(SCHEMA_VERSION).toBe(MIGRATIONS.length);
    const action = readFileSync(here("../../../action.yml"), "utf8");
    expect(action.match(/-schema\d+-/g)).toEqual(Array(3).fill(`-schema${SCHEMA_VERSION}-`));
  });

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
    // Until schema 3 the file's name had no version in it.
    const name = version < 4 ? "history.db" : `history-${version}.db`;
    copyFileSync(kept, join(place.root, ".evals", name));
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
    expect(await versionOf(place.file)).toBe(MIGRATIONS.length);
    // A reverted upgrade still finds the file that it can read.
    expect(await versionOf(join(place.root, ".evals", name))).toBe(version);
    expect(readdirSync(join(place.root, ".evals")).filter((file) => /-\d+\.db\.\d+$/.test(file))).toEqual([]);
  });

  it("is reported by its own name when it cannot be read, and left as it is", async () => {
    mkdirSync(dirname(place.file), { recursive: true });
    writeFileSync(join(place.root, ".evals/history.db"), "no database");
    const error = await openStore(place.root).catch((thrown: EvalsError) => thrown);
    expect(error).toMatchObject({ problems: [{ code: "EVALS_STORE_CORRUPT", path: ".evals/history.db" }] });
    expect(existsSync(place.file)).toBe(false);
  });

  it("is looked for under the newest of the earlier names", () => {
    mkdirSync(dirname(place.file), { recursive: true });
    expect(earlierHistory(place.root)).toBeUndefined();
    expect(hasHistory(place.root)).toBe(false);
    for (const name of ["history.db", "history-2.db", `history-${SCHEMA_VERSION + 1}.db`, "history-3.db-wal"])
      writeFileSync(join(place.root, ".evals", name), "");
    expect(earlierHistory(place.root)).toBe(".evals/history-2.db");
    expect(hasHistory(place.root)).toBe(true);
  });
});
