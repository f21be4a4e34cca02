import { listPrompts } from "../../operations/list-prompts.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promptList } from "../../reports/terminal/prompt-list.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** `evals prompt list [name]`: every version with who, why, where it is used and what it last measured. */
export async function promptListCommand(
  raw: Record<string, unknown>,
  name: string | undefined,
  io: Io,
): Promise<number> {
  const prompts = await listPrompts(io, { directory: raw.directory as string | undefined, name });
  io.stdout(
    raw.json === true
      ? documentText({ schema: "evals.prompt/1", exit: EXIT.ok, prompts })
      : promptList(prompts, styleFor(wantsColor(io, raw.color)), io.width),
  );
  return EXIT.ok;
}
