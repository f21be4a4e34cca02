import { EXIT } from "../../domain/exit-code.ts";
import { listPrompts } from "../../operations/list-prompts.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promptList } from "../../reports/terminal/prompt-list.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** Options of `evals prompt list`, as typed. */
export interface PromptListOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals prompt list [name]`: every version with who, why, where it is used and what it last measured. */
export async function promptListCommand(
  options: PromptListOptions,
  name: string | undefined,
  io: Io,
): Promise<number> {
  const prompts = await listPrompts(io, { directory: options.directory, name });
  io.stdout(
    options.json === true
      ? documentText({ schema: "evals.prompt/1", exit: EXIT.ok, prompts })
      : promptList(prompts, styleFor(wantsColor(io, options.color)), io.width),
  );
  return EXIT.ok;
}
