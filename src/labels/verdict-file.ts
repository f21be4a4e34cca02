import { join } from "node:path";
import * as z from "zod";
import { appendLine, bytesOf, replaceFile } from "./durable-file.ts";
import { type LineFormat, parseLines } from "./json-lines.ts";
import { answerKey } from "./label-file.ts";

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Winner = z.enum(["answer", "other", "tie"]);

/** One line of `judges/<name>/<version>.verdicts.jsonl`: what the judge said of one labelled answer. */
export const JudgeVerdict = z.strictObject({
  case: z.string().min(1).describe("Id of the case"),
  answer_hash: Hash.describe("SHA-256 of the answer's UTF-8 text"),
  repeat: z.int().min(0).describe("Counts from 1; different repeats are independent opinions"),
  verdict: z.enum(["pass", "fail"]),
  judge: Hash.optional().describe(
    "Hash of the judge that said it; absent when the verdict was made elsewhere",
  ),
  orders: z
    .tuple([Winner, Winner])
    .optional()
    .describe("Of a pairwise judge: who won with the answer in the first place, and in the second"),
});
export type JudgeVerdict = z.output<typeof JudgeVerdict>;

/** Where a judge's verdicts of the labelled answers stand, relative to the project root. */
export function verdictsPath(judge: string, version: string): string {
  return `judges/${judge}/${version}.verdicts.jsonl`;
}

const FORMAT: LineFormat<JudgeVerdict> = {
  schema: JudgeVerdict,
  code: "EVALS_VERDICTS",
  noun: "verdict",
  identity: (one) => `${one.repeat} ${answerKey(one)}`,
  sameWords: (one) => `case "${one.case}", repeat ${one.repeat}, for one answer`,
};

/** @param path for the places of mistakes @throws {EvalsError} with every mistake of the file */
export function parseVerdicts(bytes: Buffer, path: string): JudgeVerdict[] {
  return parseLines(bytes, path, FORMAT);
}

/** A judge's verdicts; none when it has no file yet. @param root absolute @throws {EvalsError} as `parseVerdicts` */
export function readVerdicts(root: string, judge: string, version: string): JudgeVerdict[] {
  const path = verdictsPath(judge, version);
  return parseVerdicts(bytesOf(join(root, path)), path);
}

/** Keeps one verdict for good: it is on the disk when this returns. */
export function appendVerdict(root: string, judge: string, version: string, verdict: JudgeVerdict): void {
  appendLine(join(root, verdictsPath(judge, version)), JSON.stringify(JudgeVerdict.parse(verdict)));
}

/** Writes all verdicts in one step, sorted, so that branches merge. */
export function writeVerdicts(
  root: string,
  judge: string,
  version: string,
  verdicts: readonly JudgeVerdict[],
): void {
  const sorted = [...verdicts].sort(
    (a, b) => order(a.case, b.case) || order(a.answer_hash, b.answer_hash) || a.repeat - b.repeat,
  );
  const text = sorted.map((one) => `${JSON.stringify(JudgeVerdict.parse(one))}\n`).join("");
  replaceFile(join(root, verdictsPath(judge, version)), text);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
