import { EXIT } from "../domain/exit-code.ts";
import { EvalsError } from "../domain/problem.ts";
import { locate } from "../operations/project/open-project.ts";
import { watchFiles } from "../operations/watch-files.ts";
import { planSignature } from "../operations/watch-plan.ts";
import { formatProblems } from "../project/format-problems.ts";
import { plainLine } from "../reports/plain-text.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./run-options.ts";
import { untilStopped } from "./stop-signals.ts";

/** The result of running the suites once. */
export interface RunOnce {
  readonly exit: number;
  /** Id of the first run; null when no run was started. */
  readonly first: string | null;
  /** Whether the user asked to stop. */
  readonly stopped: boolean;
}

/**
 * `evals run --watch`: runs again whenever a file that a run depends on has changed, until it is stopped.
 *
 * @returns the exit code of the last run
 */
export async function watchRuns(
  options: RunOptions,
  io: Io,
  runOnce: (options: RunOptions, io: Io) => Promise<RunOnce>,
): Promise<number> {
  const { root } = locate(io, options.directory);
  const changes = await watchFiles(root);
  let page: { close(): Promise<void> } | null = null;
  try {
    for (;;) {
      const before = await planSignature(io, options);
      const ran = await runOrReport(options, io, runOnce);
      if (ran.stopped) return ran.exit;
      if (options.open && page === null && ran.first !== null) {
        const { servePage } = await import("./serve-page.ts");
        page = await servePage({ directory: options.directory, run: ran.first, open: true }, io);
      }
      io.stderr("\nWaiting for changes of suites, cases, prompts, judges and scorers. Ctrl-C stops.\n");
      const matters = async () => (await planSignature(io, options)) !== before;
      const changed = await untilStopped(io, (stopped) => changes.next(stopped, matters));
      if (changed === null) return ran.exit;
      io.stderr(`\nChanged: ${changed.map(plainLine).join(", ")}\n\n`);
    }
  } finally {
    await page?.close();
    await changes.close();
  }
}

/** Runs once. A mistake in a file is reported and not thrown, because fixing it triggers the next run. */
async function runOrReport(
  options: RunOptions,
  io: Io,
  runOnce: (options: RunOptions, io: Io) => Promise<RunOnce>,
): Promise<RunOnce> {
  try {
    return await runOnce(options, io);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    io.stderr(formatProblems(error.problems, "nothing was run", io.stderrIsTerminal ? io.width : undefined));
    return { exit: EXIT.mistake, first: null, stopped: false };
  }
}
