import * as z from "zod";
import { history as historyIn } from "../operations/history.ts";
import { type HistoryDocument, historyDocument } from "../reports/json/history.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, readOptions, text } from "./options.ts";

export interface HistoryOptions extends CallOptions {
  /** Lists the runs of this suite only, and includes its stability. */
  readonly suite?: string | undefined;
  /** Maximum number of runs; default 20. */
  readonly limit?: number | undefined;
}

const historyOptions = z.strictObject({
  ...callOptions,
  suite: text.optional(),
  limit: z.int().min(1).optional(),
}) satisfies z.ZodType<HistoryOptions>;

/**
 * Lists past runs, newest first, like `evals history`.
 *
 * @returns the document of `evals history --json`
 */
export function history(options: HistoryOptions = {}): Promise<HistoryDocument> {
  return documented(
    "history",
    () => readOptions("history", historyOptions, options),
    async ({ directory, suite, limit = 20 }, { environment }) => {
      return historyDocument(await historyIn(environment, { directory, suite, limit }));
    },
  );
}
