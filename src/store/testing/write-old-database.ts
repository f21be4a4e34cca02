import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { openDatabase } from "../sqlite/open-database.ts";
import { answered, failed, sampleBodies, sampleCases, sampleHeader } from "./sample-run.ts";
import { sqlitePlace } from "./sqlite-place.ts";

/**
 * Writes a small store in the current schema to one file. Later schema versions test their migration with such a
 * file.
 */
export async function writeOldDatabase(path: string): Promise<void> {
  const place = sqlitePlace();
  const store = await place.open();
  const writer = store.create(sampleHeader(), sampleCases, sampleBodies);
  writer.record(answered(0, 1));
  writer.record(answered(0, 2, { scores: failed }));
  writer.record({ kind: "errored", case_no: 1, trial: 1, error: "timeout", message: "no reply" });
  writer.calls(3);
  writer.end("incomplete", null, "2025-03-01T12:05:00.000Z");
  store.close();
  mkdirSync(dirname(path), { recursive: true });
  const db = await openDatabase(place.file);
  db.pragma("journal_mode = DELETE");
  db.prepare("VACUUM INTO ?").run(path);
  db.close();
  place.remove();
}
