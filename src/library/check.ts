import * as z from "zod";
import { check as checkIn } from "../operations/check.ts";
import { type CheckDocument, checkDocument } from "../reports/json/check-json.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions } from "./options.ts";

export interface CheckOptions extends CallOptions {
  /** Asks OpenAI and Anthropic for their lists of models. By default nothing is sent over the network. */
  readonly online?: boolean | undefined;
}

const checkOptions = z.strictObject({
  ...callOptions,
  online: flag.optional(),
}) satisfies z.ZodType<CheckOptions>;

/**
 * Validates every file without a model call, like `evals check`.
 *
 * @returns the document of `evals check --json`
 */
export function check(options: CheckOptions = {}): Promise<CheckDocument> {
  return documented(
    "check",
    () => readOptions("check", checkOptions, options),
    async ({ directory, online = false }, { environment }) => {
      return checkDocument(await checkIn(environment, { directory, online }));
    },
  );
}
