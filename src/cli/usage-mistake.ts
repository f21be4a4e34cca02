import type { Command, CommanderError } from "commander";
import { EvalsError } from "../domain/problem.ts";

/** What a command does with an ending that commander wants: help ends it, a mistake is told with the command's usage. */
export const endOf =
  (command: Command) =>
  (error: CommanderError): never => {
    throw error.exitCode === 0 ? error : usageMistake(error, command);
  };

function usageMistake(error: CommanderError, command: Command): EvalsError {
  const name = nameOf(command);
  const isUnfinished = error.code === "commander.help";
  const text = isUnfinished
    ? "the command is not complete"
    : error.message
        .replace(/^error: /, "")
        .trim()
        .replace(/\.$/, "");
  const [first = text, ...rest] = text.split("\n");
  const hint = rest.join(" ").replace(/[()]/g, "").trim();
  return new EvalsError({
    code: error.code === "commander.unknownCommand" ? "EVALS_COMMAND_UNKNOWN" : "EVALS_USAGE",
    what: `${first.charAt(0).toUpperCase()}${first.slice(1)}.${hint === "" ? "" : ` ${hint}`}`,
    why: "Nothing is guessed: a misread command could ask a model for money.",
    fix: command.parent === null ? "evals --help" : `${name} ${command.usage()}; ${name} --help says more`,
  });
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
