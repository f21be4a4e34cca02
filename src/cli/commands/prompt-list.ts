import { EXIT } from "../../domain/exit-code.ts";
import { listPrompts } from "../../operations/list-prompts.ts";
import { promptList } from "../../reports/terminal/prompt-list.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** `evals prompt list [name]`: all versions with author, reason, uses and latest results. */
export async function promptListCommand(
  options: CommandOptions,
  name: string | undefined,
  io: Io,
): Promise<number> {
  const prompts = await listPrompts(io, { directory: options.directory, name });
  printResult(io, options, {
    document: () => ({ schema: "evals.prompt/1", exit: EXIT.ok, prompts }),
    text: ({ style, width }) => promptList(prompts, style, width),
  });
  return EXIT.ok;
}
