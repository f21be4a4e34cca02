import { EXIT } from "../../domain/exit-code.ts";
import { recordTrace } from "../../operations/record-trace.ts";
import { recordedTraceText } from "../../reports/terminal/recorded-trace.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** `evals record-trace`: writes the calls of a passing trial to a file, as a reference for other trials. */
export async function recordTraceCommand(options: CommandOptions, word: string, io: Io): Promise<number> {
  const recorded = await recordTrace(io, { directory: options.directory, word });
  const { trace, ...place } = recorded;
  printResult(io, options, {
    document: () => ({ schema: "evals.record-trace/1", exit: EXIT.ok, ...place, ...trace }),
    text: () => recordedTraceText(recorded),
  });
  return EXIT.ok;
}
