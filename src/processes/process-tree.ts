import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** Time between SIGTERM and SIGKILL, in milliseconds. */
export const KILL_GRACE_MS = 2000;

const living = new Set<ProcessTree>();

function killAll(): void {
  for (const tree of living) tree.kill("SIGKILL");
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function endedBy(name: NodeJS.Signals): void {
  // If there are other listeners, they decide when the process ends.
  if (process.listenerCount(name) > 1) return;
  killAll();
  process.off(name, endedBy);
  process.kill(process.pid, name);
}

/** Makes sure that a process tree is killed when this program exits, normally or by a signal. */
function watch(tree: ProcessTree): void {
  living.add(tree);
  if (living.size > 1) return;
  process.on("exit", killAll);
  for (const name of SIGNALS) process.on(name, endedBy);
}

/** Removes the handlers of this module, so that none is left in a process that uses this code as a library. */
function forget(tree: ProcessTree): void {
  if (!living.delete(tree) || living.size > 0) return;
  process.off("exit", killAll);
  for (const name of SIGNALS) process.off(name, endedBy);
}

/** A process with all its child processes: it leads its own process group, which is killed as a whole. */
export class ProcessTree {
  /** The leader of the group. It has no stdin, stdout or stderr when the machine could not start another process. */
  readonly child: ChildProcess;
  /** Resolves when the leader has exited for any reason; never rejects. */
  readonly gone: Promise<void>;
  #force: NodeJS.Timeout | undefined;

  constructor(command: readonly string[], options: Pick<SpawnOptions, "cwd" | "env">) {
    const [program = "", ...args] = command;
    this.child = spawn(program, args, {
      ...options,
      stdio: "pipe",
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    watch(this);
    this.gone = new Promise((resolve) => {
      const end = () => {
        forget(this);
        resolve();
      };
      this.child.once("exit", end);
      this.child.once("error", end);
    });
    // A process that exits without reading its input is not an error.
    this.child.stdin?.on("error", () => {});
    // Child processes that remain, even in another process group, may keep the output open. So this program closes it
    // later.
    this.child.once("exit", () => {
      this.kill("SIGKILL");
      const cut = setTimeout(() => {
        this.child.stdout?.destroy();
        this.child.stderr?.destroy();
      }, KILL_GRACE_MS);
      this.child.once("close", () => clearTimeout(cut));
    });
  }

  /** Sends a signal to the whole group; no error if the group is gone. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on(
        "error",
        () => {},
      );
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is already gone.
    }
  }

  /** Ends the group: SIGTERM now, SIGKILL after a grace period. Resolves when the leader has exited. */
  async end(graceMs = KILL_GRACE_MS): Promise<void> {
    if (this.#force === undefined) {
      this.kill("SIGTERM");
      this.#force = setTimeout(() => this.kill("SIGKILL"), graceMs);
    }
    await this.gone;
    // The leader may exit before its children.
    clearTimeout(this.#force);
    this.kill("SIGKILL");
  }
}
