import { EvalsError } from "../../domain/problem.ts";
import { BUMPS, type Bump } from "../../domain/prompt-change.ts";
import { newPromptVersion } from "../../operations/new-prompt-version.ts";
import { newPromptVersionText } from "../../reports/terminal/new-prompt-version.ts";
import type { PromptNewCall } from "../declarations/prompt-new.ts";
import { printResult } from "../print-result.ts";

/** `evals prompt new <name> --bump patch`: copies the newest version to the next version number. */
export async function promptNewCommand({ io, options, args: [name] }: PromptNewCall): Promise<number> {
  const bump = readBump(options.bump);
  const made = await newPromptVersion(io, { directory: options.directory, name, bump });
  const next = `evals run --prompt ${made.name}@${made.version}`;
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.prompt/1", exit, ...made, next }),
    text: () => newPromptVersionText(made, next),
  });
}

function readBump(value: string | undefined): Bump {
  const bump = BUMPS.find((one) => one === value);
  if (bump !== undefined) return bump;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--bump "${value ?? ""}" is none of ${BUMPS.join(", ")}.`,
    why: "The bump declares how far the change may move behaviour, and the gate enforces it.",
    fix: "--bump patch (behaviour stays the same), minor (behaviour may change, but not get worse) or major (anything may change)",
  });
}
