import * as z from "zod";
import { reportOf } from "../operations/report-of.ts";
import { type RunDocument, runDocument } from "../reports/json/documents.ts";
import { documented } from "./call.ts";
import { type CallOptions, callOptions, readOptions, text } from "./options.ts";

export interface ReportOptions extends CallOptions {
  /** The run to report: its id, a prefix of it, or `latest`. */
  readonly run: string;
}

const reportOptions = z.strictObject({ ...callOptions, run: text }) satisfies z.ZodType<ReportOptions>;

/**
 * Returns the stored report of a past run; nothing is run or judged again.
 *
 * @returns the document of `evals report <run> --format json`, with the run's own exit code
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
