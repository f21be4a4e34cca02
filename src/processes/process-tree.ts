import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** Time between the polite signal and the one that cannot be refused, in milliseconds. */
export const KILL_GRACE_MS = 2000;

const living = new Set<ProcessTree>();

function killAll(): void {
  for (const tree of living) tree.kill("SIGKILL");
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function endedBy(name: NodeJS.Signals): void {
  // Whoever else listens decides when the process ends.
  if (process.listenerCount(name) > 1) return;
  killAll();
  process.off(name, endedBy);
  process.kill(process.pid, name);
}

/** A program that goes down, by itself or by a signal, must not leave the user's processes running. */
function watch(tree: ProcessTree): void {
  living.add(tree);
  if (living.size > 1) return;
  process.on("exit", killAll);
  for (const name of SIGNALS) process.on(name, endedBy);
}

/** Whoever calls this code as a library finds no handler of it left in their process. */
function forget(tree: ProcessTree): void {
  if (!living.delete(tree) || living.size > 0) return;
  process.off("exit", killAll);
  for (const name of SIGNALS) process.off(name, endedBy);
}

/** A process with all that it starts: it leads a group of its own, which is ended as one. */
export class ProcessTree {
  /** Without streams when there was no room on this machine for one more process. */
  readonly child: ChildProcess;
  /** Settles when the leader is gone, however it went; never rejects. */
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
    // A process that ends without reading its input is no failure of ours.
    this.child.stdin?.on("error", () => {});
    // What it leaves behind may hold its output open, even from a group of its own.
    this.child.once("exit", () => {
      this.kill("SIGKILL");
      const cut = setTimeout(() => {
        this.child.stdout?.destroy();
        this.child.stderr?.destroy();
      }, KILL_GRACE_MS);
      this.child.once("close", () => clearTimeout(cut));
    });
  }

  /** Sends one signal to the whole group; a group that is gone is no failure. */
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
      // The group is gone already.
    }
  }

  /** Ends the group: SIGTERM now, SIGKILL after a grace for whoever does not listen. Settles when the leader is gone. */
  async end(graceMs = KILL_GRACE_MS): Promise<void> {
    if (this.#force === undefined) {
      this.kill("SIGTERM");
      this.#force = setTimeout(() => this.kill("SIGKILL"), graceMs);
    }
    await this.gone;
    // The leader may have gone without its children.
    clearTimeout(this.#force);
    this.kill("SIGKILL");
  }
}
