import { listPrompts } from "../../operations/list-prompts.ts";
import { promptList } from "../../reports/terminal/prompt-list.ts";
import type { PromptListCall } from "../declarations/prompt-list.ts";
import { printResult } from "../print-result.ts";

/** `evals prompt list [name]`: lists all versions of prompts with author, reason, uses and latest results. */
export async function promptListCommand({ io, options, args: [name] }: PromptListCall): Promise<number> {
  const prompts = await listPrompts(io, { directory: options.directory, name });
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.prompt/1", exit, prompts }),
    text: ({ style, width }) => promptList(prompts, style, width),
  });
}
