import * as z from "zod";
import { compare as compareIn } from "../operations/compare.ts";
import { type DiffDocument, diffDocument } from "../reports/json/diff-json.ts";
import { documented } from "./call.ts";
import { flag, readOptions, type StoppableOptions, stoppableOptions, text } from "./options.ts";

export interface CompareOptions extends StoppableOptions {
  /**
   * The side to compare with: a run's id or `run:ID`, `latest`, `prompt:name@1.1.0`, `ref:main` or a promoted
   * tag, `file:outputs.jsonl`.
   */
  readonly baseline: string;
  /**
   * The side that is compared with `baseline`. Default: the newest run. But when `baseline` is a run and there is no
   * `candidate`, that run is the candidate, and is compared with its own baseline.
   */
  readonly candidate?: string | undefined;
  /** Runs a prompt version or commit that has no stored result. By default a missing result is a problem. */
  readonly runMissing?: boolean | undefined;
}

const compareOptions = z.strictObject({
  ...stoppableOptions,
  baseline: text,
  candidate: text.optional(),
  runMissing: flag.optional(),
}) satisfies z.ZodType<CompareOptions>;

/**
 * Compares two sides of each suite, case by case, like `evals diff`.
 *
 * @returns the document of `evals diff --json`
 */
export function compare(options: CompareOptions): Promise<DiffDocument> {
  return documented(
    "diff",
    () => readOptions("compare", compareOptions, options),
    async ({ directory, baseline, candidate, runMissing }, { environment, ...hooks }) => {
      const input = { directory, baseline, candidate, runMissing: runMissing === true ? hooks : null };
      return diffDocument(await compareIn(environment, input));
    },
  );
}
