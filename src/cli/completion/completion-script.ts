import type { Command } from "commander";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import { SHELLS } from "../declarations/completion.ts";
import { bashScript } from "./bash-script.ts";
import { fishScript } from "./fish-script.ts";
import { type TypedCommand, typedCommands } from "./typed-commands.ts";
import { zshScript } from "./zsh-script.ts";

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (commands: readonly TypedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script of a shell, made of the program's own commands and options. @throws {EvalsError} */
export function completionScript(shell: string, program: Command): string {
  const known = SHELLS.find((one) => one === shell);
  if (known !== undefined) return SCRIPTS[known](typedCommands(program));
  throw new EvalsError({
    code: "EVALS_SHELL_UNKNOWN",
    what: `There is no completion for "${shell}".${didYouMean(shell, SHELLS)}`,
    why: "Each shell reads a script of its own.",
    fix: `One of: ${SHELLS.map((one) => `evals completion ${one}`).join(", ")}`,
  });
}
