import { EXIT } from "../../domain/exit-code.ts";
import { initProject } from "../../operations/init-project.ts";
import { startedProjectText } from "../../reports/terminal/started-project.ts";
import type { Io } from "../io.ts";

/** `evals init [dir]`: creates a project that can be run at once. */
export async function initCommand(
  { directory, ts }: { readonly directory?: string | undefined; readonly ts?: boolean | undefined },
  folder: string | undefined,
  io: Io,
): Promise<number> {
  io.stdout(startedProjectText(initProject(io, { directory, folder, typed: ts }), folder));
  return EXIT.ok;
}
