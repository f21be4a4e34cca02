import { relative, sep } from "node:path";
import { watch } from "chokidar";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { locate } from "../../operations/project/open-project.ts";
import { planSignature } from "../../operations/watch-plan.ts";
import { formatProblems } from "../../project/format-problems.ts";
import { plainLine } from "../../reports/plain-text.ts";
import type { Io } from "../io.ts";
import type { RunOptions } from "../run-options.ts";
import type { RunOnce } from "./run.ts";

/** An editor writes a file in several steps, and a branch is switched in many: so long it has to be quiet, in milliseconds. */
const QUIET_MS = 150;

/** Folders in which nothing is that a run rests on, and much that moves. */
const IGNORED = new Set([".git", ".evals", "node_modules"]);

/**
 * `evals run --watch`: runs again whenever a file has changed that a run rests on, until it is stopped.
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
        const { servePage } = await import("./view.ts");
        page = await servePage({ directory: options.directory, run: ran.first, open: true }, io);
      }
      io.stderr("\nWaiting for changes of suites, cases, prompts, judges and scorers. Ctrl-C ends.\n");
      const changed = await nextChange(
        changes,
        io,
        async () => (await planSignature(io, options)) !== before,
      );
      if (changed === null) return ran.exit;
      io.stderr(`\nChanged: ${changed.map(plainLine).join(", ")}\n\n`);
    }
  } finally {
    await page?.close();
    await changes.close();
  }
}

/** A mistake in a file is told, and mended with the next change. */
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

/** Files that have changed since they were last asked for. */
interface FileChanges {
  /** Paths from the project's root, once there are some and it has been quiet. */
  next(signal: AbortSignal): Promise<readonly string[] | null>;
  close(): Promise<void>;
}

async function watchFiles(root: string): Promise<FileChanges> {
  const changed = new Set<string>();
  let wake = (): void => {};
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) =>
      relative(root, path)
        .split(sep)
        .some((part) => IGNORED.has(part)),
  });
  watcher.on("all", (_event, path) => {
    changed.add(relative(root, path).split(sep).join("/"));
    wake();
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return {
    next: (signal) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const end = (paths: readonly string[] | null): void => {
          clearTimeout(timer);
          wake = () => {};
          resolve(paths);
        };
        wake = () => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            const paths = [...changed].sort();
            changed.clear();
            end(paths);
          }, QUIET_MS);
        };
        if (signal.aborted) return end(null);
        signal.addEventListener("abort", () => end(null), { once: true });
        if (changed.size > 0) wake();
      }),
    close: () => watcher.close(),
  };
}

/**
 * Waits for a change that matters; null when somebody stops.
 * @param matters whether a run would be another one now
 */
async function nextChange(
  changes: FileChanges,
  io: Io,
  matters: () => Promise<boolean>,
): Promise<readonly string[] | null> {
  const stop = new AbortController();
  const quiet = io.onSignal(() => stop.abort());
  try {
    for (;;) {
      const paths = await changes.next(stop.signal);
      if (paths === null) return null;
      if (await matters()) return stop.signal.aborted ? null : paths;
    }
  } finally {
    quiet();
  }
}
