import type { Command } from "commander";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import { completionScript } from "../../reports/completion/completion-script.ts";
import { SHELLS } from "../../reports/completion/shells.ts";
import { typedCommands } from "../typed-commands.ts";

/**
 * `evals completion <shell>`: returns a completion script for all commands and options.
 *
 * @throws {EvalsError} for an unknown shell
 */
export function completionCommand(word: string, program: Command): string {
  const shell = SHELLS.find((one) => one === word);
  if (shell !== undefined) return completionScript(shell, typedCommands(program));
  throw new EvalsError({
    code: "EVALS_SHELL_UNKNOWN",
    what: `There is no completion for "${word}".${didYouMean(word, SHELLS)}`,
    why: "Each shell needs a completion script of its own.",
    fix: `One of: ${SHELLS.map((one) => `evals completion ${one}`).join(", ")}`,
  });
}
