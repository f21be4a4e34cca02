import * as z from "zod";
import { promote as promoteIn } from "../operations/promote.ts";
import { type PromoteDocument, promotionDocument } from "../reports/json/promotion.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions, text } from "./options.ts";

export interface PromoteOptions extends CallOptions {
  /** A run's id, a prefix of it, or `latest`; the newest of each suite when left out. */
  readonly run?: string | undefined;
  /** The commit is tagged `evals/<as>`. */
  readonly as?: string | undefined;
  /** Why, for the commit and the tag. */
  readonly message?: string | undefined;
  /** Why the baseline may be worse than the present one. */
  readonly accept?: string | undefined;
  /** Adds the run's trials to cases whose keys are unchanged, instead of replacing the baseline. */
  readonly add?: boolean | undefined;
  /** Keeps the distinct answers beside the baseline. */
  readonly withAnswers?: boolean | undefined;
  /** Writes nothing, and says what would be written. */
  readonly dryRun?: boolean | undefined;
}

const promoteOptions = z.strictObject({
  ...callOptions,
  run: text.optional(),
  as: text.optional(),
  message: text.optional(),
  // An empty reason is refused with words of its own.
  accept: z.string().optional(),
  add: flag.optional(),
  withAnswers: flag.optional(),
  dryRun: flag.optional(),
}) satisfies z.ZodType<PromoteOptions>;

/**
 * Makes complete runs of committed inputs the baselines of their suites, in one commit, as `evals promote` does.
 *
 * @returns the document of `evals promote --json`
 */
export function promote(options: PromoteOptions = {}): Promise<PromoteDocument> {
  return documented(
    "promote",
    () => readOptions("promote", promoteOptions, options),
    async (input, { environment }) => {
      return promotionDocument(await promoteIn(environment, input));
    },
  );
}
