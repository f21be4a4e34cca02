import type { Command } from "commander";
import { EvalsError } from "../domain/problem.ts";

/**
 * Makes a command reject an option that takes one value but is given twice. Options that collect several values are
 * not affected, and a flag may be repeated.
 */
export function onceEach(command: Command): Command {
  for (const option of command.options) {
    if (option.isBoolean() || option.parseArg !== undefined) continue;
    let before: string | undefined;
    option.argParser((value: string) => {
      if (before !== undefined) throw givenTwice(option.long ?? option.short ?? "", before, value);
      before = value;
      return value;
    });
  }
  return command;
}

export function givenTwice(option: string, first: unknown, second: unknown): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_TWICE",
    what: `${option} is given twice: ${String(first)} and ${String(second)}.`,
    why: "Only one of the two could be used, and the other would be ignored silently.",
    fix: `Give one of the two: ${option} ${String(second)}`,
  });
}
