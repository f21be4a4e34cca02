import * as z from "zod";
import { hashJson, type Json } from "./json.ts";

/** One golden example of a dataset file. */
export const Case = z.strictObject({
  id: z.string().min(1).describe("Id of the case, unique in its dataset"),
  input: z.unknown().describe("What the target is asked; any JSON"),
  expected: z
    .unknown()
    .optional()
    .describe("What scorers compare the answer with; needed only if a scorer uses it"),
  tags: z
    .array(z.string().min(1))
    .default([])
    .describe("Tags to select cases by, for results by tag, and for gate.critical"),
  metadata: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Anything else; prompts and scorers can read it"),
  trials: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "Number of trials of this case; default: the suite's. --trials on the command line takes precedence",
    ),
  scorers: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Names of the scorers that score this case; default: all of the suite's"),
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
 * Hash of a case's input and expected value: two cases with the same id and hash are the same question. Tags,
 * metadata, trials and scorers do not count.
 *
 * @returns 64 hexadecimal digits
 */
export function caseContentHash(golden: Pick<Case, "input" | "expected">): string {
  return hashJson({ input: golden.input, expected: golden.expected });
}

/** The cases of a dataset in file order, without keeping all of them in memory. Indices run from 0 to `count` − 1. */
export interface CaseSource {
  readonly count: number;
  id(index: number): string;
  /** Parses the case anew on each call. Do not keep a case longer than needed, because datasets may be large. */
  read(index: number): Case;
  /** Line in the dataset's file, from 1; for annotations and messages. */
  line(index: number): number;
  /** Relative to the project root: the dataset, the module that creates the cases, or the suite that contains them. */
  readonly path: string;
  /** Other files that the cases depend on, because a module imports them. Relative to the project root. */
  readonly files?: readonly string[];
  /** Closes the file; reading afterwards is a bug. */
  close(): void;
}
