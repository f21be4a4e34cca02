import { join } from "node:path";
import * as z from "zod";
import { onFirstUse } from "../domain/on-first-use.ts";
import { appendLine, bytesOf, replaceFile } from "./durable-file.ts";
import { underLock } from "./file-lock.ts";
import { type LineFormat, parseLines } from "./json-lines.ts";
import { answerKey } from "./label-file.ts";

/** One line of `judges/<name>/<version>.verdicts.jsonl`: the judge's verdict on one labelled answer. */
const verdictSchema = onFirstUse(() => {
  const hash = z.string().regex(/^[0-9a-f]{64}$/);
  const winner = z.enum(["answer", "other", "tie"]);
  return z.strictObject({
    case: z.string().min(1).describe("Id of the case"),
    answer_hash: hash.describe("SHA-256 of the answer's UTF-8 text"),
    repeat: z
      .int()
      .min(0)
      .describe(
        "Number of the judge's opinion on this answer, from 1 (from 0 in the file of a tool that counts from 0); the opinions are independent",
      ),
    verdict: z.enum(["pass", "fail"]),
    judge: hash
      .optional()
      .describe("Hash of the judge that gave the verdict; absent when another tool made it"),
    content: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .optional()
      .describe(
        "Hash of the case's input and expected value when the judge was asked; absent when another tool made the verdict",
      ),
    orders: z
      .tuple([winner, winner])
      .optional()
      .describe(
        "For a pairwise judge: which answer won when the judged answer was shown first, and when it was shown second",
      ),
  });
});
export type JudgeVerdict = z.output<ReturnType<typeof verdictSchema>>;

/** Path of a judge's verdicts on labelled answers, relative to the project root. */
export function verdictsPath(judge: string, version: string): string {
  return `judges/${judge}/${version}.verdicts.jsonl`;
}

// Includes the content's hash: two suites may have the same case id and the same answer for different questions.
const identity = (one: JudgeVerdict): string => `${one.repeat} ${answerKey(one)} ${one.content ?? ""}`;

const FORMAT: LineFormat<JudgeVerdict> = {
  schema: verdictSchema,
  code: "EVALS_VERDICTS",
  noun: "verdict",
  unique: {
    identity,
    sameWords: (one) => `case "${one.case}", repeat ${one.repeat}, for one answer`,
  },
};

/**
 * Parses a file of verdicts. @param path of the file, for messages @throws {EvalsError} with every mistake in the
 * file
 */
export function parseVerdicts(bytes: Buffer, path: string): JudgeVerdict[] {
  return parseLines(bytes, path, FORMAT);
}

/** A judge's verdicts; empty when it has no file yet. @param root absolute @throws {EvalsError} like `parseVerdicts` */
export function readVerdicts(root: string, judge: string, version: string): JudgeVerdict[] {
  const path = verdictsPath(judge, version);
  return parseVerdicts(bytesOf(root, path), path);
}

/**
 * Saves one verdict durably. Concurrent changes by others are kept. The file may already have a verdict on the same
 * answer with the same repeat number. This stored verdict is replaced if the judge has changed since then.
 * Otherwise, or if another tool made the stored verdict, it is kept and the new verdict is dropped.
 *
 * @throws {EvalsError} for a file with mistakes when a line must be replaced, or a lock that is not released
 */
export function appendVerdict(root: string, judge: string, version: string, verdict: JudgeVerdict): void {
  const path = verdictsPath(judge, version);
  whileNobodyJudges(root, judge, version, () => {
    const there = findVerdict(bytesOf(root, path).toString("utf8"), verdict);
    if (there === undefined) appendLine(root, path, JSON.stringify(verdictSchema().parse(verdict)));
    else if (there.judge !== undefined && there.judge !== verdict.judge) {
      const others = readVerdicts(root, judge, version).filter((one) => identity(one) !== identity(verdict));
      writeVerdicts(root, judge, version, [...others, verdict]);
    }
  });
}

/** The stored verdict with the same identity. Only lines that mention the answer are parsed: the file may be long. */
function findVerdict(text: string, verdict: JudgeVerdict): JudgeVerdict | undefined {
  for (const line of text.split("\n")) {
    if (!line.includes(verdict.answer_hash)) continue;
    const read = verdictSchema().safeParse(parsedOrNull(line.replace(/^\uFEFF/, "")));
    if (read.success && identity(read.data) === identity(verdict)) return read.data;
  }
  return undefined;
}

/** The line's value; null when it is not JSON. The mistake is reported when the whole file is read. */
function parsedOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Sorts a file of verdicts and removes those that `counts` rejects. Concurrent changes by others are kept.
 *
 * @returns the remaining verdicts
 * @throws {EvalsError} like `readVerdicts`, and for a lock that is not released
 */
export function sortVerdicts(
  root: string,
  judge: string,
  version: string,
  counts: (verdict: JudgeVerdict) => boolean,
): readonly JudgeVerdict[] {
  return whileNobodyJudges(root, judge, version, () => {
    const bytes = bytesOf(root, verdictsPath(judge, version));
    const kept = parseVerdicts(bytes, verdictsPath(judge, version)).filter(counts);
    if (formatVerdicts(kept) !== bytes.toString("utf8")) writeVerdicts(root, judge, version, kept);
    return kept;
  });
}

/** Reads, changes and writes a judge's verdicts under a lock. @throws {EvalsError} EVALS_VERDICTS_BUSY */
export function whileNobodyJudges<T>(root: string, judge: string, version: string, work: () => T): T {
  const lock = `.evals/calibrating/${judge}/${version}.lock`;
  return underLock(join(root, lock), { noun: "verdicts", shown: lock }, work);
}

/** Writes all verdicts atomically. */
export function writeVerdicts(
  root: string,
  judge: string,
  version: string,
  verdicts: readonly JudgeVerdict[],
): void {
  replaceFile(root, verdictsPath(judge, version), formatVerdicts(verdicts));
}

/** The file's text. Lines are sorted, so that git can merge branches. */
function formatVerdicts(verdicts: readonly JudgeVerdict[]): string {
  const sorted = [...verdicts].sort(
    (a, b) => order(a.case, b.case) || order(a.answer_hash, b.answer_hash) || a.repeat - b.repeat,
  );
  return sorted.map((one) => `${JSON.stringify(verdictSchema().parse(one))}\n`).join("");
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
