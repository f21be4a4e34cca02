import { execFile, spawn, spawnSync } from "node:child_process";
import { EvalsError } from "../domain/problem.ts";

/** The output and result of a git command. */
export interface GitResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text for git's standard input. */
  readonly input?: string;
}

/** Makes git's output independent of the user's language, pager and colours, and avoids optional locks. */
const ENVIRONMENT = {
  LC_ALL: "C",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LITERAL_PATHSPECS: "1",
};
const QUIET = ["-c", "core.quotepath=off", "-c", "color.ui=false", "-c", "advice.detachedHead=false"];
/** Variables that git sets for hooks; inside a hook, evals would otherwise use the hook's repository and index. */
const OF_A_HOOK = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of OF_A_HOOK) delete env[name];
  return { ...env, ...more };
}

/**
 * Runs git. A failing command is a result, not an exception.
 *
 * @throws {EvalsError} EVALS_GIT_MISSING when git is not installed
 */
export function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const settings = { cwd, maxBuffer: 1 << 30, env: environment({ ...ENVIRONMENT, ...options.env }) };
    const child = execFile("git", [...QUIET, ...args], settings, (error, out, err) => {
      if ((error as NodeJS.ErrnoException | null)?.code === "ENOENT") reject(noGit());
      else resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, out, err });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

/** Output without the final line feed; null when the command failed. */
export async function gitText(cwd: string, args: readonly string[]): Promise<string | null> {
  const { code, out } = await git(cwd, args);
  return code === 0 ? out.replace(/\n$/, "") : null;
}

/** Output of a git command as bytes. @returns null when the command failed */
export function gitBytes(cwd: string, args: readonly string[], input?: string): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...QUIET, ...args], {
      cwd,
      env: environment(ENVIRONMENT),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? noGit() : error));
    child.on("close", (code) => resolve(code === 0 ? Buffer.concat(parts) : null));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

/** Like `gitBytes`, but synchronous. @returns null when the command failed */
export function gitBytesNow(cwd: string, args: readonly string[]): Buffer | null {
  const { status, stdout, error } = spawnSync("git", [...QUIET, ...args], {
    cwd,
    maxBuffer: 1 << 30,
    env: environment(ENVIRONMENT),
    stdio: ["ignore", "pipe", "ignore"],
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") throw noGit();
  return status === 0 ? stdout : null;
}

/** A running git command that waits for its standard input. */
export interface WaitingGit {
  /** Id of the process; undefined when git could not be started. */
  readonly pid: number | undefined;
  /** Sends the input and waits for the end. @throws {EvalsError} EVALS_GIT_MISSING */
  finish(input: string): Promise<GitResult>;
}

/**
 * Starts a git command that changes nothing before it has read its input, so that its process id can be recorded
 * first. Hooks get the user's environment.
 */
export function startGit(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): WaitingGit {
  const child = spawn("git", [...QUIET, ...args], { cwd, env: environment(env), stdio: "pipe" });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.err += text;
  });
  const ended = new Promise<GitResult>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? noGit() : error));
    child.on("close", (code) => resolve({ code: code ?? 1, ...output }));
  });
  ended.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid,
    finish: (input) => {
      child.stdin.end(input);
      return ended;
    },
  };
}

function noGit(): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_MISSING",
    what: "The program git was not found.",
    why: "Baselines, prompt versions and their history are in git.",
    fix: "Install git 2.30 or newer and put it on the PATH.",
  });
}
