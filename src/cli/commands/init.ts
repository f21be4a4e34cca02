import { EXIT } from "../../domain/exit-code.ts";
import { initProject } from "../../operations/init-project.ts";
import { startedProjectText } from "../../reports/terminal/started-project.ts";
import type { Io } from "../io.ts";

/** `evals init [dir]`: a project that runs at once. */
export async function initCommand(
  options: { readonly directory?: string | undefined },
  folder: string | undefined,
  io: Io,
): Promise<number> {
  io.stdout(startedProjectText(initProject(io, { ...options, folder }), folder));
  return EXIT.ok;
}
