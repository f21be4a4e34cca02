import * as z from "zod";
import { rescore as rescoreIn } from "../operations/rescore.ts";
import { type RescoreDocument, rescoreDocument } from "../reports/json/rescore-json.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions, text } from "./options.ts";

export interface RescoreOptions extends CallOptions {
  /** The run whose answers are scored again: its id, a prefix of it, or `latest`. */
  readonly run: string;
  /**
   * Allows calls to judges at any cost. Without `yes` or `budget`, judges are not asked if that costs money: then
   * nothing is scored, and the document has a problem that names the price.
   */
  readonly yes?: boolean | undefined;
  /** Maximum cost of the judges, in US dollars. */
  readonly budget?: number | undefined;
  /**
   * Reads the judges' replies from `fixtures/<alias>.jsonl` instead of asking the judges; alias is the alias of the
   * judge's model.
   */
  readonly replay?: boolean | undefined;
}

const rescoreOptions = z.strictObject({
  ...callOptions,
  run: text,
  yes: flag.optional(),
  budget: z.number().positive().optional(),
  replay: flag.optional(),
}) satisfies z.ZodType<RescoreOptions>;

/**
 * Scores stored answers again with the current scorers, as a new run, like `evals rescore`.
 *
 * @returns the document of `evals rescore --json`
 */
export function rescore(options: RescoreOptions): Promise<RescoreDocument> {
  return documented(
    "rescore",
    () => readOptions("rescore", rescoreOptions, options),
    async ({ directory, run, yes = false, budget = null, replay = false }, { environment }) => {
      const input = { directory, run, consent: { yes, budget }, replay };
      return rescoreDocument((await rescoreIn(environment, input)).result);
    },
  );
}
