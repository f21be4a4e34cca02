import type { OpenedFiles } from "../../modules/opened-files.ts";
import { ProcessTree } from "../../processes/process-tree.ts";

/** How the user's program is started. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Longest time for one answer, in milliseconds. */
  readonly timeout_ms: number;
  /** What it is made of. */
  readonly files: OpenedFiles;
}

/** The program broke: it crashed, was too slow, or wrote what nobody asked for. The message is for people. */
export class ProgramFailure extends Error {}

const KEPT_STDERR = 4_000;

/**
 * Starts the program as the head of a process group of its own, so that it can be ended with all it starts.
 * @throws {ProgramFailure} when it is another program by now
 */
export function start({ command, cwd, env, files }: Program): ProcessTree {
  const changed = files.changed();
  if (changed !== undefined) throw new ProgramFailure(`was not started: ${changed}`);
  const tree = new ProcessTree(command, { cwd, env: { ...env } });
  tree.child.stdout?.setEncoding("utf8");
  tree.child.stderr?.setEncoding("utf8");
  return tree;
}

/** The end of what a process writes to stderr, kept for the reason of a failure. */
export function lastLineOf({ child }: ProcessTree): () => string {
  let tail = "";
  child.stderr?.on("data", (text: string) => {
    tail = (tail + text).slice(-KEPT_STDERR);
  });
  return () => tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/** `exited with code 3: no such column` */
export function exitWords(code: number | null, signal: NodeJS.Signals | null, lastLine: string): string {
  const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
  return lastLine === "" ? how : `${how}: ${lastLine}`;
}
