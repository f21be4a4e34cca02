import type { Io } from "../io.ts";

/** Whether stdout is a terminal that supports Unicode. */
export function hasUnicode({ env, stdoutIsTerminal }: Pick<Io, "env" | "stdoutIsTerminal">): boolean {
  if (!stdoutIsTerminal) return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  // Terminals on Windows set a variable of their own instead of a locale.
  return /utf-?8/i.test(locale) || env.WT_SESSION !== undefined || env.TERM_PROGRAM === "vscode";
}
