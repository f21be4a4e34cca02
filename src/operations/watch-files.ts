import { relative, sep } from "node:path";
import { watch } from "chokidar";

/** An editor writes a file in several steps, and a branch is switched in many: so long it has to be quiet, in milliseconds. */
const QUIET_MS = 150;

/** Folders in which nothing is that a run rests on, and much that moves. */
const IGNORED = new Set([".git", ".evals", "node_modules"]);

/** Files that have changed since they were last asked for. */
export interface FileChanges {
  /** Paths from the project's root, once there are some and it has been quiet. */
  next(signal: AbortSignal): Promise<readonly string[] | null>;
  close(): Promise<void>;
}

/** Watches a project's files from now on. */
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
