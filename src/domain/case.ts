import * as z from "zod";
import { hashJson, type Json } from "./json.ts";

/** One golden example, as a dataset file holds it. */
export const Case = z.strictObject({
  id: z.string().min(1).describe("Unique in its dataset"),
  input: z.unknown().describe("What the target is asked; any JSON"),
  expected: z.unknown().optional().describe("What scorers compare with; needed only when one of them does"),
  tags: z
    .array(z.string().min(1))
    .default([])
    .describe("For narrowing, for results by tag, for gate.critical"),
  metadata: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Anything else; prompts and scorers can read it"),
  trials: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Trials of this case; default: the suite's. The command line's --trials wins over it"),
  scorers: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Names of the only scorers that it is scored by; default: all of the suite's"),
});
export interface Case {
  readonly id: string;
  readonly input: Json;
  readonly expected?: Json;
  readonly tags: readonly string[];
  readonly metadata: { readonly [key: string]: Json };
  readonly trials?: number | undefined;
  readonly scorers?: readonly string[] | undefined;
}

/**
 * Hash of what makes two cases of one id the same question: input and expected. Tags, metadata, trials and
 * scorers do not count.
 * @returns 64 hexadecimal digits
 */
export function caseContentHash(golden: Pick<Case, "input" | "expected">): string {
  return hashJson({ input: golden.input, expected: golden.expected });
}

/**
 * The cases of one dataset, in file order, without holding them all as objects.
 * Indices run from 0 to `count` − 1.
 */
export interface CaseSource {
  readonly count: number;
  id(index: number): string;
  /** Parsed afresh: hold it no longer than needed. */
  read(index: number): Case;
  /** From 1, in the dataset's file; for annotations and messages. */
  line(index: number): number;
  /** Relative to the project root: of the dataset, of the module that made the cases, or of the suite that holds them. */
  readonly path: string;
  /** What else the cases rest on: files that a module imports. Relative to the project root. */
  readonly files?: readonly string[];
  /** Gives the file back; reading afterwards is a bug. */
  close(): void;
}
