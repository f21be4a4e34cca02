import { expect, it } from "vitest";
import { itemAt } from "../../domain/item-at.ts";
import { storeBatchesContract } from "../store-batches-contract.ts";
import { storeContract } from "../store-contract.ts";
import { storeJudgementsContract } from "../store-judgements-contract.ts";
import { storeProcessContract } from "../store-process-contract.ts";
import { storeReadsContract } from "../store-reads-contract.ts";
import { storeTrafficContract } from "../store-traffic-contract.ts";
import { presentLibraries } from "../testing/present-libraries.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import type { SqliteLibrary } from "./open-database.ts";

/**
 * Tables with one row per trial, answer, case or call. Only the statements in `WHOLE` may read one completely.
 */
const LARGE = [
  ...["trials", "answers", "answer_counts", "scores", "run_cases", "contents", "requests", "judgements"],
  ...["lost_replies", "departures", "batch_rows", "traffic"],
];

/** Statements that may read a whole table, and why. */
const WHOLE: readonly (readonly [why: string, statement: RegExp])[] = [
  ["`store info` counts everything once", /^SELECT \(SELECT count\(\*\) FROM runs/],
  [
    "`store verify` checks the reference of each row",
    /^SELECT count\(\*\) FROM \w+ WHERE .* NOT IN \(SELECT id FROM/,
  ],
  ["`store prune` looks at each answer's age once", /^SELECT id FROM answers WHERE \(id IN/],
  ["`store prune` looks at each trace's age once", /FROM traffic WHERE CASE WHEN at = 0/],
  ["the traffic that matches a filter is counted over all traffic", /^SELECT count\(\*\) AS traces/],
  ["departures are kept for about a day", /^DELETE FROM departures/],
];

/** Every statement of the tests below, with its query plan. */
const plans = new Map<string, readonly string[]>();

const library = itemAt(await presentLibraries(), 0);

/** The library, changed to record the query plan of each statement in `plans`. */
const observed: SqliteLibrary = {
  name: library.name,
  open: async (path) => {
    const db = await library.open(path);
    const prepare = db.prepare.bind(db);
    return Object.assign(db, {
      prepare: (sql: string) => {
        const statement = prepare(sql);
        if (/^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/i.test(sql) && !sql.includes("sqlite_master")) {
          const values = Array.from(sql.matchAll(/\?/g), () => null);
          const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { readonly detail: string }[];
          plans.set(
            sql.replace(/\s+/g, " ").trim(),
            rows.map((row) => row.detail),
          );
        }
        return statement;
      },
    });
  },
};
const place = () => sqlitePlace([observed]);

storeContract("the history, observed", place);
storeBatchesContract("the history, observed", place);
storeProcessContract("the history, observed", place);
storeReadsContract("the history, observed", place);
storeJudgementsContract("the history, observed", place);
storeTrafficContract("the history, observed", place);

it("reads large tables only by an index", () => {
  const unexpected = [...plans].filter(([sql]) => !WHOLE.some(([, statement]) => statement.test(sql)));
  const whole = unexpected.flatMap(([sql, details]) =>
    details
      .filter((detail) => {
        const table = /^SCAN (\w+)/.exec(detail)?.[1];
        return table !== undefined && LARGE.includes(table) && !detail.includes("USING");
      })
      .map((detail) => `${detail}: ${sql}`),
  );
  expect(plans.size).toBeGreaterThan(60);
  expect(whole).toEqual([]);
});
