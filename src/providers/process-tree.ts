import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** Time between the polite signal and the one that cannot be refused, in milliseconds. */
export const KILL_GRACE_MS = 2000;

const living = new Set<ProcessTree>();
let watchingExit = false;

/** A program that goes down must not leave the user's processes running. */
function killAllOnExit(): void {
  if (watchingExit) return;
  watchingExit = true;
  process.once("exit", () => {
    for (const tree of living) tree.kill("SIGKILL");
  });
}

/** A process with all that it starts: it leads a group of its own, which is ended as one. */
export class ProcessTree {
  readonly child: ChildProcess;
  /** Settles when the leader is gone, however it went; never rejects. */
  readonly gone: Promise<void>;
  #force: NodeJS.Timeout | undefined;

  constructor(command: readonly string[], options: Pick<SpawnOptions, "cwd" | "env">) {
    const [program = "", ...args] = command;
    this.child = spawn(program, args, {
      ...options,
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    killAllOnExit();
    living.add(this);
    this.gone = new Promise((resolve) => {
      const end = () => {
        living.delete(this);
        resolve();
      };
      this.child.once("exit", end);
      this.child.once("error", end);
    });
    // A process that ends without reading its input is no failure of ours.
    this.child.stdin?.on("error", () => {});
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
