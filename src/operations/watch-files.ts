import { relative, sep } from "node:path";
import { watch } from "chokidar";

/**
 * Changes are reported after this time without a further change, in milliseconds: an editor saves in several steps,
 * and switching a branch changes many files.
 */
const QUIET_MS = 150;

/** Folders that change often and that no run depends on. */
const IGNORED = new Set([".git", ".evals", "node_modules"]);

/** Reports the files that have changed. */
export interface FileChanges {
  /**
   * Waits for changes that affect a run.
   *
   * @param matters whether a group of changes affects a run; if not, the next group is awaited
   * @returns paths relative to the project root, sorted; null when `signal` aborts
   */
  next(signal: AbortSignal, matters: () => Promise<boolean>): Promise<readonly string[] | null>;
  close(): Promise<void>;
}

/** Starts watching a project's files. */
export async function watchFiles(root: string): Promise<FileChanges> {
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
  const nextChange = (signal: AbortSignal): Promise<readonly string[] | null> =>
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
    });
  return {
    next: async (signal, matters) => {
      for (;;) {
        const paths = await nextChange(signal);
        if (paths === null) return null;
        if (await matters()) return signal.aborted ? null : paths;
      }
    },
    close: () => watcher.close(),
  };
}
