import { join } from "node:path";
import { didYouMean } from "../domain/did-you-mean.ts";
import { sha256 } from "../domain/json.ts";
import { type Label, labelSchema } from "../domain/label.ts";
import type { Problem } from "../domain/problem.ts";
import { appendLine, bytesOf, replaceFile } from "./durable-file.ts";
import { underLock } from "./file-lock.ts";
import { type LineFormat, parseLines } from "./json-lines.ts";
import { labelsPath } from "./labels-path.ts";

/** Identifies the answer of a label: SHA-256 of its UTF-8 text, 64 hexadecimal digits. */
export function answerHash(answer: string): string {
  return sha256(answer);
}

/** A key for one answer of one case. */
export function answerKey({ case: id, answer_hash }: Pick<Label, "case" | "answer_hash">): string {
  return `${answer_hash} ${id}`;
}

const FORMAT: LineFormat<Label> = {
  schema: labelSchema,
  code: "EVALS_LABELS",
  noun: "label",
  unique: {
    identity: (label) => `${label.rater}\n${answerKey(label)}\n${label.of ?? ""}`,
    sameWords: ({ rater, case: id, of }) =>
      `rater "${rater}" for this answer of case "${id}"${of === undefined ? "" : `, of "${of}"`}`,
  },
  // The default weight of a randomly picked answer is 1.
  complete: (line) =>
    "weight" in line || !("picked" in line) || line.picked !== "random" ? line : { ...line, weight: 1 },
  mistake: (label) => (answerHash(label.answer) === label.answer_hash ? undefined : wrongHash(label)),
};

function wrongHash({ answer }: Label): Omit<Problem, "path" | "line" | "column"> {
  return {
    code: "EVALS_LABELS_HASH",
    what: "answer_hash is not the hash of this answer.",
    why: "The hash decides which answer a label belongs to; the answer or the hash was changed by hand.",
    fix: `Restore the answer that was labelled, or write "answer_hash":"${answerHash(answer)}".`,
  };
}

/**
 * Parses a file of labels. @param path of the file, for messages @throws {EvalsError} with every mistake in the
 * file
 */
export function parseLabels(bytes: Buffer, path: string): Label[] {
  return parseLines(bytes, path, FORMAT);
}

/** A suite's labels; empty when it has no file yet. @param root absolute @throws {EvalsError} like `parseLabels` */
export function readLabels(root: string, suite: string): Label[] {
  const path = labelsPath(suite);
  return parseLabels(bytesOf(root, path), path);
}

/** The file's text. The same labels always give the same bytes. Lines are sorted, so that git can merge branches. */
export function formatLabels(labels: readonly Label[]): string {
  const sorted = [...labels].sort(
    (a, b) =>
      order(a.case, b.case) ||
      order(a.answer_hash, b.answer_hash) ||
      order(a.rater, b.rater) ||
      order(a.of ?? "", b.of ?? "") ||
      order(a.at, b.at),
  );
  return sorted.map((label) => `${formatLabel(label)}\n`).join("");
}

function formatLabel(label: Label): string {
  // Normalizes the order of keys.
  return JSON.stringify(labelSchema().parse(label));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Writes a suite's labels atomically, sorted. */
export function writeLabels(root: string, suite: string, labels: readonly Label[]): void {
  replaceFile(root, labelsPath(suite), formatLabels(labels));
}

/**
 * Saves one label. A first label is appended as a line; a second one by the same rater for the same answer replaces
 * the first. Concurrent changes by others are kept.
 *
 * @throws {EvalsError} for a file with mistakes, or a lock that is not released; then nothing is written
 */
export function saveLabel(root: string, suite: string, label: Label): void {
  whileNobodyWrites(root, suite, () => {
    const there = readLabels(root, suite);
    const others = withoutLabel(there, label);
    if (others.length < there.length) writeLabels(root, suite, [...others, label]);
    else appendLine(root, labelsPath(suite), formatLabel(label));
  });
}

/**
 * Removes a rater's label of an answer. Does nothing when there is none, or when it has been replaced meanwhile, for
 * instance in another window or by an import.
 *
 * @throws {EvalsError} like `saveLabel`
 */
export function removeLabel(root: string, suite: string, label: Label): void {
  whileNobodyWrites(root, suite, () => {
    const there = readLabels(root, suite);
    const others = there.filter((one) => !isSameLabel(one, label));
    if (others.length < there.length) writeLabels(root, suite, others);
  });
}

/** Reads, changes and writes a suite's labels under a lock. @throws {EvalsError} EVALS_LABELS_BUSY */
export function whileNobodyWrites<T>(root: string, suite: string, work: () => T): T {
  const lock = `.evals/labelling/${suite}.lock`;
  return underLock(join(root, lock), { noun: "labels", shown: lock }, work);
}

function withoutLabel(labels: readonly Label[], gone: Label): Label[] {
  return labels.filter(
    (label) => label.rater !== gone.rater || label.of !== gone.of || answerKey(label) !== answerKey(gone),
  );
}

function isSameLabel(one: Label, other: Label): boolean {
  const isOfSame = one.rater === other.rater && one.of === other.of && answerKey(one) === answerKey(other);
  return isOfSame && one.at === other.at && one.verdict === other.verdict;
}

/** Warns of labelled answers whose cases have changed since the judge gave its verdicts; empty when no case has. */
export function changedCasesWarning(ids: readonly string[], path: string): Problem[] {
  if (ids.length === 0) return [];
  const [first, second] = ids;
  const named = ids.length > 2 ? `${first}, ${second} and ${ids.length - 2} more` : ids.join(", ");
  return [
    {
      code: "EVALS_LABELS_CASE_CHANGED",
      path,
      what: `The input or the expected value of these cases has changed since the judge gave its verdicts: ${named}.`,
      why: "The judge is asked about these cases again. People's labels may be about the earlier wording, and would then count as errors of the judge.",
      fix: "Read the labels of these cases, and delete those that are no longer right.",
    },
  ];
}

/** Warnings about cases that have labels but are missing from the dataset. Their labels still measure the judge. */
export function unknownCases(labels: readonly Label[], path: string, known: readonly string[]): Problem[] {
  const ids = new Set(known);
  const unknown = [...new Set(labels.map((label) => label.case))].filter((id) => !ids.has(id)).sort();
  return unknown.map((id) => ({
    code: "EVALS_LABELS_UNKNOWN_CASE",
    path,
    what: `The dataset has no case "${id}", but there are labels of this case.${didYouMean(id, known)}`,
    why: "The labels still measure the judge, but the judge can no longer be asked about this case.",
    fix: "Leave the labels as they are if the case was removed. If it was renamed, rename it in the labels too.",
  }));
}
