import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EvalsError } from "../domain/problem.ts";
import { appendLine, bytesOf, replaceFile } from "./durable-file.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "durable-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function problemOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof EvalsError) return error.problems[0];
    throw error;
  }
  return undefined;
}

test("a file is created with its folder, lines are appended, and replacing it leaves no other file behind", () => {
  expect(bytesOf(root, "labels/s.jsonl")).toHaveLength(0);
  appendLine(root, "labels/s.jsonl", "one");
  appendLine(root, "labels/s.jsonl", "two");
  expect(bytesOf(root, "labels/s.jsonl").toString()).toBe("one\ntwo\n");
  replaceFile(root, "labels/s.jsonl", "three");
  appendLine(root, "labels/s.jsonl", "four");
  expect(bytesOf(root, "labels/s.jsonl").toString()).toBe("three\nfour\n");
  expect(readdirSync(join(root, "labels"))).toEqual(["s.jsonl"]);
});

test("a folder in a file's place, and a file in a folder's, are reported as mistakes with their path", () => {
  mkdirSync(join(root, "labels/s.jsonl"), { recursive: true });
  const path = "labels/s.jsonl";
  expect(problemOf(() => bytesOf(root, path))).toMatchObject({ code: "EVALS_FILE_IS_DIRECTORY", path });
  const unwritable = { code: "EVALS_FILE_UNWRITABLE", path };
  expect(problemOf(() => appendLine(root, path, "x"))).toMatchObject(unwritable);
  expect(problemOf(() => replaceFile(root, path, "x"))).toMatchObject(unwritable);
  writeFileSync(join(root, "judges"), "");
  expect(problemOf(() => bytesOf(root, "judges/a.jsonl"))?.code).toBe("EVALS_FILE_NOT_A_DIRECTORY");
  expect(problemOf(() => appendLine(root, "judges/a.jsonl", "x"))?.code).toBe("EVALS_FILE_UNWRITABLE");
});
