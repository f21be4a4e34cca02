import * as z from "zod";
import { rescore as rescoreIn } from "../operations/rescore.ts";
import { type RescoreDocument, rescoreDocument } from "../reports/json/rescore-json.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions, text } from "./options.ts";

export interface RescoreOptions extends CallOptions {
  /** A run's id, a prefix of it, or `latest`. */
  readonly run: string;
  /** Allows calls to judges at any cost; without it and without a budget, a paid call is a problem. */
  readonly yes?: boolean | undefined;
  /** US dollars that judges may cost. */
  readonly budget?: number | undefined;
  /** Uses judge replies from `fixtures/<alias>.jsonl`. */
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
