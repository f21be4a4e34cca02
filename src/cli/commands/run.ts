import { EXIT } from "../../domain/exit-code.ts";
import { runSuites } from "../../operations/run-suites.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { RunCall } from "../declarations/run.ts";
import type { Io } from "../io.ts";
import { openReporters } from "../reporting/reporters.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { type RunOptions, readRunOptions } from "../run-options.ts";
import { runView } from "../run-view.ts";
import { stopped } from "../stop-signals.ts";
import type { RunOnce } from "../watch-runs.ts";

/** `evals run`: runs suites and reports each when it ends. */
export async function runCommand({ io, options: typed, args: [suites] }: RunCall): Promise<number> {
  const options = readRunOptions({ ...typed, suites });
  if (options.dryRun || options.explainCache) return dryRun(options, io);
  if (options.watch) return (await import("../watch-runs.ts")).watchRuns(options, io, runOnce);
  const { exit, first } = await runOnce(options, io);
  if (!options.open || first === null) return exit;
  const { servePage } = await import("../serve-page.ts");
  const page = await servePage({ directory: options.directory, run: first, open: true }, io);
  await stopped(io);
  await page.close();
  return exit;
}

async function runOnce(options: RunOptions, io: Io): Promise<RunOnce> {
  const reporters = await openReporters(options, io);
  const view = runView(io, {
    quiet: options.quiet,
    workers: options.workers !== undefined,
    ended: reporters.run,
  });
  try {
    return await runSuites(io, { request: options, ...view }, async ({ runs, notRun, exit }) => {
      if (notRun.length > 0) io.stderr(`Not run: ${notRun.join(", ")}\n`);
      return {
        exit: await reporters.end(runs, view.exitCode() ?? exit),
        first: runs[0]?.report.header.id ?? null,
        stopped: view.control.stopping() || view.exitCode() !== undefined,
      };
    });
  } finally {
    view.close();
  }
}

/** `evals run --dry-run`: prints what would be asked, and its cost. */
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
