import { execFile, spawn, spawnSync } from "node:child_process";
import { EvalsError } from "../domain/problem.ts";

/** What a git command printed and how it ended. */
export interface GitResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input. */
  readonly input?: string;
}

/** Nothing that git prints may depend on the user's language, pager or colours, nor take a lock that a person waits for. */
const ENVIRONMENT = {
  LC_ALL: "C",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LITERAL_PATHSPECS: "1",
};
const QUIET = ["-c", "core.quotepath=off", "-c", "color.ui=false", "-c", "advice.detachedHead=false"];
/** What git gives to its hooks: inside one, evals would otherwise work in the hook's repository and index. */
const OF_A_HOOK = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of OF_A_HOOK) delete env[name];
  return { ...env, ...more };
}

/**
 * Runs git. A failing command is a result, not a throw.
 * @throws {EvalsError} EVALS_GIT_MISSING when there is no git program
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

/** Output without its last line feed; null when the command failed. */
export async function gitText(cwd: string, args: readonly string[]): Promise<string | null> {
  const { code, out } = await git(cwd, args);
  return code === 0 ? out.replace(/\n$/, "") : null;
}

/** A git command whose output is bytes. @returns null when it failed */
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

/** As `gitBytes`, at once: for a reader that cannot wait. @returns null when it failed */
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

/** A git command that is running and waits for its standard input. */
export interface WaitingGit {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Gives it its input; resolves when it has ended. @throws {EvalsError} EVALS_GIT_MISSING */
  finish(input: string): Promise<GitResult>;
}

/**
 * Starts a git command that does nothing lasting before it has read its input, so that its process id can be written
 * down first. Hooks find the environment as the user has it.
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
