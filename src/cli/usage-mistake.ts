import type { Command, CommanderError } from "commander";
import { EvalsError } from "../domain/problem.ts";
import { exampleOf, nameOf } from "./command-help.ts";

/**
 * Returns the handler for the errors with which commander ends a command. After help the program ends normally. A
 * mistake in the command line is thrown as an {EvalsError}.
 */
export const endOf =
  (command: Command) =>
  (error: CommanderError): never => {
    throw error.exitCode === 0 ? error : usageMistake(error, command);
  };

function usageMistake(error: CommanderError, command: Command): EvalsError {
  const isUnknownCommand = error.code === "commander.unknownCommand";
  const [first = "", ...rest] = textOf(error, command).split("\n");
  const hint = rest.join(" ").replace(/[()]/g, "").trim();
  const moved = error.code === "commander.unknownOption" ? optionsMoved(command) : undefined;
  const meant = /^Did you mean (\S+)\?$/.exec(hint)?.[1];
  return new EvalsError({
    code: isUnknownCommand ? "EVALS_COMMAND_UNKNOWN" : "EVALS_USAGE",
    what: `${first.charAt(0).toUpperCase()}${first.slice(1)}${moved === undefined ? "" : " before the command"}.${hint === "" ? "" : ` ${hint}`}`,
    why: "A command is never guessed, because a wrong guess could call a model that costs money.",
    fix: moved ?? (meant === undefined ? fixOf(command) : retyped(command, first, meant)),
  });
}

function textOf(error: CommanderError, command: Command): string {
  const names = command.commands.map((one) => one.name()).filter((name) => name !== "help");
  return error.code === "commander.help"
    ? `"${nameOf(command)}" needs one more word: ${names.join(", ")}`
    : error.message
        .replace(/^error: /, "")
        .trim()
        .replace(/\.$/, "");
}

/** The fix for a mistake in the use of a command: a working example, and the command that shows its help. */
function fixOf(command: Command): string {
  const help = `${nameOf(command)} --help`;
  const example = exampleOf(command);
  return example === undefined ? help : `For instance: ${example}; ${help} says more`;
}

/**
 * The command line with options moved after the command: `evals run --trials 3` for `evals --trials 3 run`.
 * Undefined when no command follows.
 */
function optionsMoved(command: Command): string | undefined {
  if (command.parent !== null) return undefined;
  const args = typed(command);
  const names = new Set(command.commands.map((one) => one.name()));
  const at = args.findIndex((word) => names.has(word));
  if (at <= 0) return undefined;
  return commandLine([args[at] ?? "", ...args.slice(0, at), ...args.slice(at + 1)]);
}

/** The typed command with the unknown word replaced by the suggested one. */
function retyped(command: Command, mistyped: string, meant: string): string {
  const wrong = /'([^']+)'$/.exec(mistyped)?.[1];
  const args = typed(command);
  return wrong !== undefined && args.includes(wrong)
    ? commandLine(args.map((word) => (word === wrong ? word.replace(/^[^=]+/, meant) : word)))
    : fixOf(command);
}

/** All words typed after `evals`. */
function typed(command: Command): readonly string[] {
  if (command.parent !== null) return typed(command.parent);
  return (command as Command & { readonly rawArgs?: readonly string[] }).rawArgs ?? [];
}

const commandLine = (words: readonly string[]): string =>
  `evals ${words.map((word) => (/^[\w@.:/=^-]+$/.test(word) ? word : JSON.stringify(word))).join(" ")}`;
