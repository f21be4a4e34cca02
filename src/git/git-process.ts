import { execFile, spawn } from "node:child_process";
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

/**
 * Runs git. A failing command is a result, not a throw.
 * @throws {EvalsError} EVALS_GIT_MISSING when there is no git program
 */
export function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const settings = { cwd, maxBuffer: 1 << 30, env: { ...process.env, ...ENVIRONMENT, ...options.env } };
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
      env: { ...process.env, ...ENVIRONMENT },
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

function noGit(): EvalsError {
  return new EvalsError({
    code: "EVALS_GIT_MISSING",
    what: "The program git was not found.",
    why: "Baselines, prompt versions and their history are in git.",
    fix: "Install git 2.30 or newer and put it on the PATH.",
  });
}
