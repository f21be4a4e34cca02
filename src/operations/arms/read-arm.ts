import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import type { ArmAnswer } from "../../domain/arms.ts";
import type { Json } from "../../domain/json.ts";
import { onFirstUse } from "../../domain/on-first-use.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { type LineFormat, parseLines } from "../../labels/json-lines.ts";
import { misspeltNotes } from "../../labels/misspelt-names.ts";
import { readNamedFile } from "../../project/named-file.ts";
import { didYouMeanFile } from "../../project/near-file.ts";

/** An answer of an arm, with what a suite or a judge needs to decide whether it passes. */
export interface ReadAnswer extends ArmAnswer {
  /** Id of the case; null for traffic. */
  readonly case: string | null;
  /** Number of the trial, from 1; counted within its case when the file does not give it. */
  readonly trial: number;
  /** The input as shown to a judge; null when unknown. */
  readonly asked: Json;
  /** Id of the stored trace; undefined for a line of a file. */
  readonly trace?: string;
}

const amount = () => z.number().min(0).nullish();

const armLine = onFirstUse(() =>
  z.looseObject({
    case: z.string().nullish().describe("Id of the case that was asked, or a name of the input"),
    trial: z.int().min(1).optional(),
    input: z.json().optional().describe("What was asked"),
    session: z
      .string()
      .nullish()
      .describe("Session of the answer: answers of one session are not independent evidence"),
    at: z.iso.datetime({ offset: true, local: true }).nullish().describe("When it was asked"),
    tags: z.array(z.string()).nullish().describe("Groups of answers that are also compared separately"),
    output: z.unknown().optional(),
    pass: z.boolean().nullish().describe("Whether the answer was good"),
    latency_ms: amount(),
    cost_usd: amount(),
    error: z.unknown().optional().describe("Why there is no answer; absent or null when there is one"),
    refusal: z.string().nullish().describe("The model's refusal; null when it did not refuse"),
    feedback: z
      .number()
      .nullish()
      .describe("Feedback of the person on the answer, on any scale; more is better"),
  }),
);
type ArmLine = z.output<ReturnType<typeof armLine>>;

/** @param suite whose scorers need the case of each answer; undefined when lines say themselves what passes */
function formatFor(suite: string | undefined): LineFormat<ArmLine> {
  return {
    schema: armLine,
    code: "EVALS_ARM",
    noun: "answer",
    mistake: (line) => withoutAnswer(line) ?? (suite === undefined ? undefined : withoutCase(line, suite)),
  };
}

type Mistake = Omit<Problem, "path" | "line" | "column">;

function withoutAnswer({ output, error, refusal }: ArmLine): Mistake | undefined {
  if (output != null || isError(error) || isRefusal(refusal)) return undefined;
  return {
    code: "EVALS_ARM_OUTPUT",
    what: 'The line has no "output", "error" or "refusal".',
    why: "Such a line tells neither what was answered nor why there is no answer, so it could not be counted.",
    fix: '{"session":"s1","at":"2026-05-01T09:00:00Z","output":"…","pass":true,"tags":["easy"],"latency_ms":420,"cost_usd":0.001}',
  };
}

function withoutCase(line: ArmLine, suite: string): Mistake | undefined {
  if (line.case != null) return undefined;
  return {
    code: "EVALS_ARM_CASE",
    what: 'The line has no "case".',
    why: `Suite ${suite} needs the case of each answer in order to score it.`,
    fix: 'Add "case":"<id>" to every line, or leave --suite out where lines say "pass" themselves.',
  };
}

/**
 * Reads an arm from a file.
 *
 * @param folder to which `path` is relative
 * @param notes receives a note for each member whose name is nearly a known one
 * @param suite whose scorers decide what passes; undefined when lines say it themselves
 * @throws {EvalsError} with every mistake of the file
 */
export function readArmFile(
  folder: string,
  path: string,
  { notes, suite }: { readonly notes: string[]; readonly suite: string | undefined },
): ReadAnswer[] {
  const place = resolve(folder, path);
  if (!existsSync(place)) throw noFile(place, path);
  const counts = new Map<string, number>();
  const lines = parseLines(readNamedFile(place, path), path, formatFor(suite));
  notes.push(...misspeltNotes(lines, Object.keys(armLine().shape), path));
  return lines.map((line) => {
    const id = line.case ?? null;
    const number = (counts.get(id ?? "") ?? 0) + 1;
    if (line.trial === undefined) counts.set(id ?? "", number);
    return {
      ...measured(line),
      case: id,
      trial: line.trial ?? number,
      input: id ?? (line.input === undefined ? null : JSON.stringify(line.input)),
      asked: (line.input ?? id) as Json,
    };
  });
}

function measured(line: ArmLine): Omit<ArmAnswer, "input"> {
  const { session = null, at, tags, output, pass = null, latency_ms = null, cost_usd = null } = line;
  return {
    ...{ session, pass, latency_ms, cost_usd },
    at: at == null ? null : Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at}Z`),
    tags: tags ?? [],
    output: output == null ? "" : typeof output === "string" ? output : JSON.stringify(output),
    failed: isError(line.error),
    refused: line.refusal === undefined ? null : isRefusal(line.refusal),
    feedback: line.feedback ?? null,
  };
}

/** Whether there is an error. Programs write none as null, as false or as an empty text. */
const isError = (error: unknown): boolean => error != null && error !== false && error !== "";
const isRefusal = (refusal: string | null | undefined): boolean => refusal != null && refusal !== "";

function noFile(place: string, path: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_FILE",
    what: `There is no file "${path}".${didYouMeanFile(place, path)}`,
    why: "An arm is read from a file with one answer per line, or from stored traffic.",
    fix: "Write the path of the file relative to the working directory, or name conditions on stored traffic: evals ab prompt=1.1.0 prompt=1.2.0",
  });
}
