import type { Database } from "better-sqlite3";
import type { CaseBodies, NewRunCase } from "../store.ts";

/** Writes the plan of a run: its cases, with contents and requests that are not known yet. Inside a transaction. */
export function insertCases(db: Database, runNo: number, cases: Iterable<NewRunCase>, bodies: CaseBodies): void {
  const contentId = keeper(db, "contents");
  const requestId = keeper(db, "requests");
  const insert = db.prepare(
    "INSERT INTO run_cases (run_no, case_no, case_id, content_id, request_id, key, tags, planned) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  let next = 0;
  for (const one of cases) {
    const caseNo = next++;
    insert.run(
      runNo,
      caseNo,
      one.id,
      contentId(one.content_hash, () => bodies.content(caseNo)),
      requestId(one.request_hash, () => bodies.request(caseNo)),
      Buffer.from(one.key, "hex"),
      one.tags.length === 0 ? "[]" : JSON.stringify(one.tags),
      one.planned,
    );
  }
}

/** Id of the text with that hash, which is asked for only when it is new. */
function keeper(db: Database, table: "contents" | "requests"): (hash: string, body: () => string) => number {
  const find = db.prepare<[Buffer], number>(`SELECT id FROM ${table} WHERE hash = ?`).pluck();
  const insert = db.prepare(`INSERT INTO ${table} (hash, body) VALUES (?, ?)`);
  return (hash, body) => {
    const key = Buffer.from(hash, "hex");
    return find.get(key) ?? Number(insert.run(key, body()).lastInsertRowid);
  };
}
