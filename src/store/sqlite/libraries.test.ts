import { afterEach, describe, expect, it, vi } from "vitest";
import type { EvalsError } from "../../domain/problem.ts";
import type { Database } from "../sql/database.ts";
import { storeBatchesContract } from "../store-batches-contract.ts";
import { storeCareContract } from "../store-care-contract.ts";
import { storeContract } from "../store-contract.ts";
import { storeJudgementsContract } from "../store-judgements-contract.ts";
import { storeProcessContract } from "../store-process-contract.ts";
import { storeReadsContract } from "../store-reads-contract.ts";
import { storeTrafficContract } from "../store-traffic-contract.ts";
import { presentLibraries } from "../testing/present-libraries.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import { nodeSqlite, openDatabase, SqliteAbsent, type SqliteLibrary } from "./open-database.ts";

const present = await presentLibraries();
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

it("Node's own SQLite is present since Node 22.13", () => {
  expect(present.includes(nodeSqlite)).toBe(major > 22 || (major === 22 && minor >= 13));
});

for (const library of present) {
  storeContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeBatchesContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeCareContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeProcessContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeReadsContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeJudgementsContract(`the history, through ${library.name}`, () => sqlitePlace([library]));
  storeTrafficContract(`the history, through ${library.name}`, () => sqlitePlace([library]));

  describe(`a database through ${library.name}`, () => {
    const opened: Database[] = [];
    const memory = async (): Promise<Database> => {
      const db = await library.open(":memory:");
      opened.push(db);
      db.exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')");
      return db;
    };
    afterEach(() => {
      for (const db of opened.splice(0)) db.close();
    });

    it("gives rows as objects, as lists or as their first value", async () => {
      const db = await memory();
      const sql = "SELECT b, a FROM t ORDER BY a";
      expect(db.prepare(sql).all()).toEqual([
        { b: "x", a: 1 },
        { b: "y", a: 2 },
      ]);
      expect([...db.prepare(sql).raw().iterate()]).toEqual([
        ["x", 1],
        ["y", 2],
      ]);
      expect(db.prepare(sql).pluck().all()).toEqual(["x", "y"]);
      expect(db.prepare("SELECT b FROM t WHERE a = ?").pluck().get(9)).toBeUndefined();
    });

    it("undoes a transaction that throws, and only the inner one where the outer goes on", async () => {
      const db = await memory();
      const insert = db.transaction((a: number, then: () => void) => {
        db.prepare("INSERT INTO t VALUES (?, 'z')").run(a);
        then();
      });
      const stop = (): void => {
        throw new Error("stop");
      };
      const count = () => db.prepare("SELECT count(*) FROM t").pluck().get();
      expect(() => insert.immediate(3, stop)).toThrow("stop");
      expect(count()).toBe(2);
      insert(4, () => expect(() => insert(5, stop)).toThrow("stop"));
      expect(count()).toBe(3);
    });

    it("is opened without Node's warning about experimental features", async () => {
      const warn = vi.spyOn(process, "emitWarning");
      await memory();
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    });
  });
}

describe("where a library is absent", () => {
  const absent = (name: SqliteLibrary["name"]): SqliteLibrary => ({
    name,
    open: async () => {
      throw new SqliteAbsent(`${name} is not built`);
    },
  });

  it("the next one is used", async () => {
    const db = await openDatabase(":memory:", [absent("better-sqlite3"), ...present]);
    expect(db.prepare("SELECT 1").pluck().get()).toBe(1);
    db.close();
  });

  it("and no other can be loaded, the error names the command that fixes it", async () => {
    const error = await openDatabase(":memory:", [absent("better-sqlite3"), absent("node:sqlite")]).then(
      () => expect.unreachable("it opened"),
      (thrown: EvalsError) => thrown,
    );
    expect(error.problems).toMatchObject([
      {
        code: "EVALS_STORE_NO_SQLITE",
        what: expect.stringContaining("better-sqlite3 is not built; node:sqlite is not built"),
        fix: expect.stringContaining("npm rebuild better-sqlite3"),
      },
    ]);
  });
});
