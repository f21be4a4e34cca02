import type { StoreSize } from "../care.ts";
import type { Database } from "./database.ts";

const COUNTS = `SELECT
  (SELECT count(*) FROM runs WHERE json_extract(header, '$.canary_of') IS NULL AND json_extract(header, '$.pressure_of') IS NULL) AS runs,
  (SELECT count(*) FROM answers) AS answers,
  (SELECT count(*) FROM judgements) AS judgements,
  (SELECT count(*) FROM traffic) AS traces,
  (SELECT min(started_at) FROM runs) AS oldest,
  (SELECT max(started_at) FROM runs) AS newest`;

/** Counts of everything in a store. */
export function countsOf(db: Database): Omit<StoreSize, "bytes"> {
  const counts = db.prepare<[], Omit<StoreSize, "bytes">>(COUNTS).get();
  if (counts === undefined) throw new Error("no counts");
  return counts;
}

/**
 * The references between rows; none of them may be broken. For each reference: the words for a message (for one
 * row, for several rows, and what they lack), and a statement that counts the broken references.
 */
const LOOSE_ENDS = [
  [
    ["trial", "trials", "without a case"],
    "SELECT count(*) FROM trials t WHERE NOT EXISTS (SELECT 1 FROM run_cases c WHERE c.run_no = t.run_no AND c.case_no = t.case_no)",
  ],
  [
    ["trial", "trials", "whose answer is lost"],
    "SELECT count(*) FROM trials WHERE answer_id IS NOT NULL AND answer_id NOT IN (SELECT id FROM answers)",
  ],
  [
    ["case", "cases", "whose content is lost"],
    "SELECT count(*) FROM run_cases WHERE content_id NOT IN (SELECT id FROM contents)",
  ],
  [
    ["case", "cases", "whose request is lost"],
    "SELECT count(*) FROM run_cases WHERE request_id IS NOT NULL AND request_id NOT IN (SELECT id FROM requests)",
  ],
  [
    ["reply of a judge", "replies of judges", "whose request is lost"],
    "SELECT count(*) FROM judgements WHERE request_id NOT IN (SELECT id FROM requests)",
  ],
] as const;

/** One text for each kind of reference that is broken in some rows, such as `3 trials without a case`. */
export function* looseEnds(db: Database): Generator<string> {
  for (const [[one, many, what], sql] of LOOSE_ENDS) {
    const count = db.prepare<[], number>(sql).pluck().get() ?? 0;
    if (count > 0) yield `${count} ${count === 1 ? one : many} ${what}`;
  }
}
