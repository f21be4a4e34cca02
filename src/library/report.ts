import * as z from "zod";
import { reportOf } from "../operations/report-of.ts";
import { type RunDocument, runDocument } from "../reports/json/documents.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, readOptions, text } from "./options.ts";

export interface ReportOptions extends CallOptions {
  /** A run's id, a prefix of it, or `latest`. */
  readonly run: string;
}

const reportOptions = z.strictObject({ ...callOptions, run: text }) satisfies z.ZodType<ReportOptions>;

/**
 * Reads a past run as it was reported; nothing is run and nothing is judged again.
 *
 * @returns the document of `evals report <run> --format json`, whose exit is that run's own
 */
export function report(options: ReportOptions): Promise<RunDocument> {
  return documented(
    "run",
    () => readOptions("report", reportOptions, options),
    async (input, { environment }) => {
      const past = { directory: input.directory, run: input.run };
      return reportOf(environment, past, ({ run, exit }) => runDocument(exit, [run.report]));
    },
  );
}
