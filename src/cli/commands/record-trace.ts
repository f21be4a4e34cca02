import { recordTrace } from "../../operations/record-trace.ts";
import { recordedTraceText } from "../../reports/terminal/recorded-trace.ts";
import type { RecordTraceCall } from "../declarations/record-trace.ts";
import { printResult } from "../print-result.ts";

/** `evals record-trace`: writes the calls of a passing trial to a file, as a reference for other trials. */
export async function recordTraceCommand({ io, options, args: [word] }: RecordTraceCall): Promise<number> {
  const recorded = await recordTrace(io, { directory: options.directory, word });
  const { trace, ...place } = recorded;
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.record-trace/1", exit, ...place, ...trace }),
    text: () => recordedTraceText(recorded),
  });
}
