import type { Io } from "../io.ts";

/** Whether stdout is a terminal that says it shows more than ASCII. */
export function hasUnicode({ env, stdoutIsTerminal }: Pick<Io, "env" | "stdoutIsTerminal">): boolean {
  if (!stdoutIsTerminal) return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  // Windows' terminals name themselves, and have no locale in a variable.
  return /utf-?8/i.test(locale) || env.WT_SESSION !== undefined || env.TERM_PROGRAM === "vscode";
}
