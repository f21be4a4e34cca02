import type { BatchElsewhere, Batches, BatchRow, BatchTries, StoredBatch } from "../batches.ts";
import type { Database } from "./database.ts";

/** The batches in a database of the store. @param now returns milliseconds since 1970, UTC */
export function batchTable(db: Database, now: () => number): Batches {
  const plan = db.transaction((runNo: number, asker: string, rows: readonly BatchRow[]): number => {
    const insert = db.insertion<[number, string, number]>(
      "INSERT INTO batches (run_no, asker, state, at) VALUES (?, ?, 'planned', ?)",
      "no",
    );
    const no = insert(runNo, asker, now());
    const add = db.prepare(
      "INSERT INTO batch_rows (batch_no, place, run_no, custom_id, what) VALUES (?, ?, ?, ?, ?)",
    );
    for (const [index, { custom_id, what }] of rows.entries()) add.run(no, index, runNo, custom_id, what);
    return no;
  });
  const read = db.transaction((batchNo: number, failed: readonly string[]): void => {
    db.prepare("UPDATE batches SET state = 'read' WHERE no = ?").run(batchNo);
    const mark = db.prepare("UPDATE batch_rows SET failed = 1 WHERE batch_no = ? AND custom_id = ?");
    for (const id of failed) mark.run(batchNo, id);
  });
  return {
    ofRun: (runNo) =>
      db
        .prepare<[number], StoredBatch>(
          "SELECT no, asker, state, file, remote, at FROM batches WHERE run_no = ? ORDER BY no",
        )
        .all(runNo),
    elsewhere: (runNo, asker) =>
      db
        .prepare<[string, number], BatchElsewhere>(
          "SELECT no, run_no, asker, state, file, remote, at FROM batches WHERE state IN ('asked', 'sent') AND asker = ? AND run_no <> ? ORDER BY no",
        )
        .all(asker, runNo),
    rows: (batchNo) =>
      db
        .prepare<[number], BatchRow>(
          "SELECT custom_id, what FROM batch_rows WHERE batch_no = ? ORDER BY place",
        )
        .all(batchNo),
    tries: (runNo, asker) =>
      new Map(
        db
          .prepare<[number, string], BatchTries & { readonly what: string }>(
            "SELECT what, COUNT(*) AS batches, SUM(failed) AS failed FROM batch_rows r JOIN batches b ON b.no = r.batch_no WHERE r.run_no = ? AND b.asker = ? GROUP BY what",
          )
          .all(runNo, asker)
          .map(({ what, batches, failed }) => [what, { batches, failed }]),
      ),
    plan: (...given) => plan.immediate(...given),
    asked: (batchNo, file) => {
      db.prepare("UPDATE batches SET state = 'asked', file = ?, at = ? WHERE no = ?").run(
        file,
        now(),
        batchNo,
      );
    },
    sent: (batchNo, remote) => {
      db.prepare("UPDATE batches SET state = 'sent', remote = ? WHERE no = ?").run(remote, batchNo);
    },
    read: (...given) => read.immediate(...given),
  };
}
