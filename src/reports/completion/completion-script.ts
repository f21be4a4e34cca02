import { bashScript } from "./bash-script.ts";
import { fishScript } from "./fish-script.ts";
import type { Shell } from "./shells.ts";
import type { TypedCommand } from "./typed-command.ts";
import { zshScript } from "./zsh-script.ts";

const SCRIPTS: Readonly<Record<Shell, (commands: readonly TypedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script for this shell, with the words of all commands. */
export function completionScript(shell: Shell, commands: readonly TypedCommand[]): string {
  return SCRIPTS[shell](commands);
}
