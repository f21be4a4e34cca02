import { EXIT } from "../../domain/exit-code.ts";
import { runSuites } from "../../operations/run-suites.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";
import { openReporters } from "../reporting/reporters.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { type RunOptions, readRunOptions, type TypedRunOptions } from "../run-options.ts";
import { runView } from "../run-view.ts";

/** `evals run`: runs suites and reports on them while they end. */
export async function runCommand(typed: TypedRunOptions, io: Io): Promise<number> {
  const options = readRunOptions(typed);
  if (options.dryRun) return dryRun(options, io);
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

/** `evals run --dry-run`: what would be asked, and what that costs. */
async function dryRun(options: RunOptions, io: Io): Promise<number> {
  const { planRuns } = await import("../../operations/plan-runs.ts");
  const plan = await planRuns(io, { request: options });
  if (options.json) {
    const { runPlanDocument } = await import("../../reports/json/run-plan.ts");
    io.stdout(documentText(runPlanDocument(plan)));
  } else {
    const { runPlanText } = await import("../../reports/terminal/run-plan.ts");
    io.stdout(runPlanText(plan, { width: io.width, color: wantsColor(io, options.color) }));
  }
  return EXIT.ok;
}
