import * as z from "zod";
import { promote as promoteIn } from "../operations/promote.ts";
import { type PromoteDocument, promotionDocument } from "../reports/json/promotion.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions, text } from "./options.ts";

export interface PromoteOptions extends CallOptions {
  /** The run to promote: its id, a prefix of it, or `latest`. Default: the newest run of each suite. */
  readonly run?: string | undefined;
  /** Tags the commit as `evals/<as>`. */
  readonly as?: string | undefined;
  /** The reason for the promotion, written to the commit and the tag. */
  readonly message?: string | undefined;
  /** Why the new baseline may be worse than the baseline that it replaces. */
  readonly accept?: string | undefined;
  /**
   * Adds the run's trials to the baseline, for cases with unchanged keys, instead of replacing the baseline.
   */
  readonly add?: boolean | undefined;
  /** Stores the distinct answers in a file next to the baseline. */
  readonly withAnswers?: boolean | undefined;
  /** Writes nothing, and returns what would be written. */
  readonly dryRun?: boolean | undefined;
}

const promoteOptions = z.strictObject({
  ...callOptions,
  run: text.optional(),
  as: text.optional(),
  message: text.optional(),
  // An empty reason passes here, because `promote` rejects it with a message of its own.
  accept: z.string().optional(),
  add: flag.optional(),
  withAnswers: flag.optional(),
  dryRun: flag.optional(),
}) satisfies z.ZodType<PromoteOptions>;

/**
 * Promotes complete runs whose inputs are all committed: each becomes the baseline of its suite, in one commit.
 * Like `evals promote`.
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
