import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";

/** How the user's program is started. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Longest time for one answer, in milliseconds. */
  readonly timeout_ms: number;
}

/** The program broke: it crashed, was too slow, or wrote what nobody asked for. The message is for people. */
export class ProgramFailure extends Error {}

/** What one answer may weigh, in UTF-16 units; a program that never stops writing must not fill the memory. */
export const LONGEST_ANSWER = 10_000_000;
const KEPT_STDERR = 4_000;

const living = new Set<ChildProcessWithoutNullStreams>();

/** Nothing that was started outlives this process, however it ends short of SIGKILL. */
function killAll(): void {
  for (const child of living) killTree(child);
}

/** Starts the program as the head of a process group of its own, so that it can be ended with all it starts. */
export function start({ command: [name, ...args], cwd, env }: Program): ChildProcessWithoutNullStreams {
  const child = spawn(name, args, {
    cwd,
    env: { ...env },
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  if (living.size === 0) process.once("exit", killAll);
  living.add(child);
  child.once("close", () => {
    living.delete(child);
    if (living.size === 0) process.removeListener("exit", killAll);
  });
  // A program may end without reading its input; its exit code says what happened.
  child.stdin.on("error", () => undefined);
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  // What it leaves behind may hold its output open.
  child.once("exit", () => killTree(child));
  return child;
}

/** Ends the process and everything in its group. */
export function killTree(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

/** The end of what a process writes to stderr, kept for the reason of a failure. */
export function lastLineOf(child: ChildProcessWithoutNullStreams): () => string {
  let tail = "";
  child.stderr.on("data", (text: string) => {
    tail = (tail + text).slice(-KEPT_STDERR);
  });
  return () => tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/** `exited with code 3: no such column` */
export function exitWords(code: number | null, signal: NodeJS.Signals | null, lastLine: string): string {
  const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
  return lastLine === "" ? how : `${how}: ${lastLine}`;
}
