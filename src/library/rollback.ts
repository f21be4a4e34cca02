import * as z from "zod";
import { EXIT } from "../domain/exit-code.ts";
import { rollback as rollbackIn } from "../operations/rollback.ts";
import { type RollbackDocument, rollbackDocument } from "../reports/json/rollback.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, flag, readOptions, text } from "./options.ts";

export interface RollbackOptions extends CallOptions {
  /** Name of the tag of a promotion, with or without `evals/`. */
  readonly tag: string;
  /** The reason for the rollback, written to the commit. */
  readonly message?: string | undefined;
  /** Changes nothing, and returns what would change. */
  readonly dryRun?: boolean | undefined;
}

const rollbackOptions = z.strictObject({
  ...callOptions,
  tag: text,
  message: text.optional(),
  dryRun: flag.optional(),
}) satisfies z.ZodType<RollbackOptions>;

/**
 * Restores everything that a promoted tag covers, in one commit. It then verifies that each suite has the promoted
 * fingerprint again. Like `evals rollback`.
 *
 * @returns the document of `evals rollback --json`; exit 1 when a suite does not match the tag afterwards
 */
export function rollback(options: RollbackOptions): Promise<RollbackDocument> {
  return documented(
    "rollback",
    () => readOptions("rollback", rollbackOptions, options),
    async (input, { environment }) => {
      const done = await rollbackIn(environment, input);
      const exit = done.proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
      return rollbackDocument(exit, done);
    },
  );
}
