import type { Io } from "../io.ts";

/** Whether a report is coloured: on a terminal that supports it, unless NO_COLOR or `--no-color` is given. */
export function wantsColor({ stdoutIsTerminal, env }: Io, option: boolean | undefined): boolean {
  return option !== false && stdoutIsTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}
