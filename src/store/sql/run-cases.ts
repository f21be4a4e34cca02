import type { CaseBodies, NewRunCase } from "../store.ts";
import type { Database } from "./database.ts";

/**
 * Writes the plan of a run: its cases, and the contents and requests that are not stored yet. Must run inside a
 * transaction.
 */
export function insertCases(
  db: Database,
  runNo: number,
  cases: Iterable<NewRunCase>,
  bodies: CaseBodies,
): void {
  const contentId = keeper(db, "contents", bodies.anew === true);
  const requestId = keeper(db, "requests");
  const insert = db.prepare(
    "INSERT INTO run_cases (run_no, case_no, case_id, content_id, request_hash, request_id, key, tags, planned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const { request } = bodies;
  let next = 0;
  for (const one of cases) {
    const caseNo = next++;
    const askedHash = Buffer.from(one.asked_hash, "hex");
    insert.run(
      runNo,
      caseNo,
      one.id,
      contentId(Buffer.from(one.content_hash, "hex"), () => bodies.content(caseNo)),
      Buffer.from(one.request_hash, "hex"),
      request === null ? null : requestId(askedHash, () => request(caseNo)),
      Buffer.from(one.key, "hex"),
      one.tags.length === 0 ? "[]" : JSON.stringify(one.tags),
      one.planned,
    );
  }
}

/**
 * Makes a function that returns the id of the stored text with a given hash. `body` is called when no such text is
 * stored. With `anew`, `body` is always called, and its text replaces a stored text that differs.
 */
function keeper(
  db: Database,
  table: "contents" | "requests",
  anew = false,
): (hash: Buffer, body: () => string) => number {
  const find = db.prepare<[Buffer], number>(`SELECT id FROM ${table} WHERE hash = ?`).pluck();
  const insert = db.insertion<[Buffer, string]>(`INSERT INTO ${table} (hash, body) VALUES (?, ?)`, "id");
  const update = db.prepare(`UPDATE ${table} SET body = ? WHERE id = ? AND body <> ?`);
  return (hash, body) => {
    const id = find.get(hash);
    if (id === undefined) return insert(hash, body());
    if (anew) {
      const text = body();
      update.run(text, id, text);
    }
    return id;
  };
}
