import { EXIT } from "../../domain/exit-code.ts";
import { initProject } from "../../operations/init-project.ts";
import { startedProjectText } from "../../reports/terminal/started-project.ts";
import type { InitCall } from "../declarations/init.ts";

/** `evals init [dir]`: creates a project that can be run at once. */
export async function initCommand({
  io,
  options: { directory, ts },
  args: [folder],
}: InitCall): Promise<number> {
  io.stdout(startedProjectText(initProject(io, { directory, folder, typed: ts }), folder));
  return EXIT.ok;
}
