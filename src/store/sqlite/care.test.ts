import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../store.ts";
import {
  answered,
  sampleBodies,
  sampleCases,
  sampleHeader,
  sampleTranscript,
} from "../testing/sample-run.ts";
import { sqlitePlace } from "../testing/sqlite-place.ts";
import { openDatabase } from "./open-database.ts";

let place: ReturnType<typeof sqlitePlace>;
let store: Store;
beforeEach(async () => {
  place = sqlitePlace();
  store = await place.open();
});
afterEach(() => {
  store.close();
  place.remove();
});

const ENDED = "2025-03-01T12:05:00.000Z";
const SECRET = "the words that must go";

/** A run whose answer, raw reply, reason, trajectory and report contain the secret. */
function secretRun(id: string, question = "question"): number {
  const writer = store.create(sampleHeader({ id }), sampleCases, {
    ...sampleBodies,
    content: (caseNo) => JSON.stringify({ input: `${question} ${caseNo}` }),
  });
  const trajectory = { retrievals: [], state: { note: SECRET } };
  writer.record(
    answered(0, 1, {
      transcript: sampleTranscript({ output: SECRET.repeat(400), trajectory }),
      raw: JSON.stringify({ text: SECRET }),
      scores: {
        kind: "scored",
        pass: false,
        scores: [{ score: 0, pass: false, reason: SECRET }, null],
        voids: [null, SECRET],
      },
    }),
  );
  writer.end("complete", { worst: SECRET }, ENDED);
  return writer.no;
}

const filesHold = (text: string): boolean =>
  readdirSync(join(place.root, ".evals")).some((name) =>
    readFileSync(join(place.root, ".evals", name)).includes(text),
  );

const nothing = { runs: [], answers: [], withoutTexts: () => null, loose_before: 0 };

it("leaves nothing of a deleted run in any file", async () => {
  const no = secretRun("aa000001", "asked only here");
  expect([filesHold(SECRET), filesHold("asked only here")]).toEqual([true, true]);
  expect(await store.care.prune({ ...nothing, runs: [no] })).toMatchObject({ erased: true });
  expect([filesHold(SECRET), filesHold("asked only here")]).toEqual([false, false]);
});

it("leaves nothing of a run's deleted answers in any file", async () => {
  const no = secretRun("aa000001", "asked only here");
  await store.care.prune({ ...nothing, answers: [no] });
  expect([filesHold(SECRET), filesHold("asked only here")]).toEqual([false, true]);
});

it("reports that bytes are left while another process reads an older state", async () => {
  const no = secretRun("aa000001");
  const reader = await place.open();
  const rows = reader.scan(no);
  rows.next();
  try {
    expect(await store.care.prune({ ...nothing, runs: [no] })).toMatchObject({ erased: false });
  } finally {
    rows.return?.();
    reader.close();
  }
  expect(await store.care.prune(nothing)).toMatchObject({ erased: true });
  expect(filesHold(SECRET)).toBe(false);
});

it("finds pages that were damaged", async () => {
  for (const id of ["aa000001", "aa000002", "aa000003"]) secretRun(id, id.repeat(500));
  expect(await store.care.faults()).toEqual([]);
  await store.care.prune(nothing);
  store.close();
  const bytes = readFileSync(place.file);
  const page = bytes.indexOf(SECRET.repeat(20)) & ~4095;
  bytes.fill(0xa7, page, page + 48);
  writeFileSync(place.file, bytes);
  store = await place.open();
  expect(await store.care.faults()).not.toEqual([]);
});

it.each([
  ["DELETE FROM run_cases", "trial without a case", "trials without a case"],
  ["DELETE FROM answers", "trial whose answer is lost", "trials whose answer is lost"],
  ["DELETE FROM contents", "case whose content is lost", "cases whose content is lost"],
  ["DELETE FROM requests", "case whose request is lost", "cases whose request is lost"],
])("finds rows that refer to nothing any more, one or several: %s", async (sql, one, several) => {
  secretRun("aa000001");
  secretRun("aa000002", "another question");
  store.close();
  const db = await openDatabase(place.file);
  db.exec("PRAGMA foreign_keys = OFF");
  db.exec(sql);
  db.close();
  store = await place.open();
  const faults = await store.care.faults();
  expect(faults.some((text) => text.endsWith(one) || text.endsWith(several))).toBe(true);
  for (const text of faults)
    expect(text).not.toMatch(/^1 (?:trials|cases|replies)|^[2-9] (?:trial|case|reply) /);
});
