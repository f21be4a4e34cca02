import * as z from "zod";
import { check as checkIn } from "../operations/check.ts";
import { type CheckDocument, checkDocument } from "../reports/json/check-json.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions } from "./options.ts";

export interface CheckOptions extends CallOptions {
  /** Asks OpenAI and Anthropic which models they list; else nothing leaves this machine. */
  readonly online?: boolean | undefined;
}

const checkOptions = z.strictObject({
  ...callOptions,
  online: flag.optional(),
}) satisfies z.ZodType<CheckOptions>;

/**
 * Validates every file without a model call, as `evals check` does.
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
