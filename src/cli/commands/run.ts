import { runSuites } from "../../operations/run-suites.ts";
import type { Io } from "../io.ts";
import { openReporters } from "../reporting/reporters.ts";
import { readRunOptions, type TypedRunOptions } from "../run-options.ts";
import { runView } from "../run-view.ts";

/** `evals run`: runs suites and reports on them while they end. */
export async function runCommand(typed: TypedRunOptions, io: Io): Promise<number> {
  const options = readRunOptions(typed);
  const reporters = openReporters(options, io);
  const view = runView(io, { quiet: options.quiet, ended: reporters.run });
  try {
    return await runSuites(io, { request: options, ...view }, ({ runs, notRun, exit }) => {
      if (notRun.length > 0) io.stderr(`Not run: ${notRun.join(", ")}\n`);
      return reporters.end(runs, view.exitCode() ?? exit);
    });
  } finally {
    view.close();
  }
}
