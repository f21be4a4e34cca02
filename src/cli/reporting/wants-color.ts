import type { Io } from "../io.ts";

/** Whether a report is coloured: on a terminal that can, unless NO_COLOR or `--no-color` says otherwise. */
export function wantsColor({ stdoutIsTerminal, env }: Io, option: boolean | undefined): boolean {
  return option !== false && stdoutIsTerminal && !env.NO_COLOR && env.TERM !== "dumb";
}
